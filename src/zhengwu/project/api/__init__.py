"""The HTTP API of the installation: routers of the packages, one way to refuse, one document."""
