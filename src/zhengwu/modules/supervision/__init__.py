"""Electronic supervision of time (电子监察): whoever inspects sees what turns yellow and red, and where it lies."""
