"""Rules of the house no ready-made tool checks. Each is a function without arguments that returns its findings."""
