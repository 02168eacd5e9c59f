"""`./zw up`: the embedded database, a secret made once and kept beside the data, plain http on this machine."""

import os

from zhengwu.lib.secretfile import read_or_create
from zhengwu.project.settings.base import *  # noqa: F403
from zhengwu.project.settings.base import DATA_DIR

SECRET_KEY = os.environ.get("ZW_SECRET_KEY") or read_or_create(DATA_DIR / "keys" / "django.secret")
