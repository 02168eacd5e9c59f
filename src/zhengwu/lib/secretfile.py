"""A secret that is made on first use and kept in a file only its owner can read."""

import os
import secrets
from pathlib import Path


def read_or_create(path: Path, length: int = 48) -> str:
    """Returns the secret in ``path``; creates it (mode 0600) when it is not there. Safe when two processes race."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(length))
        return path.read_text().strip()
