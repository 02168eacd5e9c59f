"""Tests: a throw-away database per run, fast hashing, no files outside the run's temporary directory."""

import os
from pathlib import Path

from zhengwu.project.settings.base import *  # noqa: F403
from zhengwu.project.settings.base import STORAGES

_RUN = Path(os.environ.get("ZW_TEST_DIR", "/nonexistent"))
SECRET_KEY = "test-only"  # noqa: S105
DATA_DIR = _RUN
FILES_DIR = _RUN / "files"
KEYS_DIR = _RUN / "keys"
STATIC_ROOT = _RUN / "static"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ALLOWED_HOSTS = ["*"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
ACCOUNT_RATE_LIMITS = False
