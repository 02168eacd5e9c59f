"""A city's own installation: behind nginx with TLS, a real PostgreSQL, every secret from the environment."""

import os

from django.core.exceptions import ImproperlyConfigured

from zhengwu.project.settings.base import *  # noqa: F403
from zhengwu.project.settings.base import DATABASES, MIDDLEWARE, SECRET_KEY

if not SECRET_KEY or not DATABASES["default"]["NAME"]:
    raise ImproperlyConfigured("ZW_SECRET_KEY and DATABASE_URL must be set; see docs/configuration.md")
TRUSTED_PROXIES = int(os.environ.get("ZW_TRUSTED_PROXIES", "1"))
MIDDLEWARE = ["zhengwu.project.middleware.ClientAddress", *MIDDLEWARE]
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Whether a city's other host names may only be used with TLS is not ours to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
