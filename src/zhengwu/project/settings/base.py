"""Settings every installation shares. What differs comes from the environment; ``docs/configuration.md`` lists it."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from zhengwu.project.database import from_url
from zhengwu.project.modules import KERNEL, MODULES

ROOT = Path(os.environ.get("ZW_ROOT", Path(__file__).resolve().parents[4]))
DATA_DIR = Path(os.environ.get("ZW_DATA", ROOT / ".data"))
BUILD_DIR = DATA_DIR / "static"

SECRET_KEY = os.environ.get("ZW_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ZW_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ZW_TRUSTED_ORIGINS", "").split(",") if o]
ROOT_URLCONF = "zhengwu.project.urls"
WSGI_APPLICATION = "zhengwu.project.wsgi.application"
AUTH_USER_MODEL = "directory.Account"

INSTALLED_APPS = [
    "zhengwu.ui",
    *KERNEL,
    *MODULES,
    "zhengwu.demo",
    "zhengwu.project",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
]

TRUSTED_PROXIES = 0
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "zhengwu.project.middleware.Problems",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhengwu.ui.context.shell",
            ],
            "builtins": ["zhengwu.ui.templatetags.ui"],
        },
    }
]

DATABASES = {"default": from_url(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}}
# Not cached: every web process has a cache of its own, in which a session ended elsewhere would live on.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [ROOT / "src" / "zhengwu" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILES_DIR = DATA_DIR / "files"
KEYS_DIR = DATA_DIR / "keys"
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FORM_CLASS = "zhengwu.kernel.directory.views.signup.SignupForm"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
PROCRASTINATE_ON_APP_READY = "zhengwu.project.tasks.register"
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": int(os.environ.get("ZW_WORKER_JOBS", "4")),
    "update_heartbeat_interval": 5.0,
    "stalled_worker_timeout": 20.0,
    "shutdown_graceful_timeout": 2.0,  # Ctrl-C is quick; a job cut short is rescued and runs again
    "delete_jobs": "successful",
}
# Daily work missed because the machine was off is made up for at the next start.
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 2 * 86400.0}

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_COOKIE_HTTPONLY = False  # htmx reads it to send the header

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"zhengwu": {"level": "INFO"}, "procrastinate": {"level": "WARNING"}},
}

# The name of the city on every page, and the zone this installation runs in (requirement 12).
CITY_NAME = os.environ.get("ZW_CITY", "金效市")
PUBLIC_URL = os.environ.get("ZW_PUBLIC_URL", "http://127.0.0.1:8000")
ZONE = os.environ.get("ZW_ZONE", "outer")
