"""Settings: what is secret comes from the environment."""

import os
from pathlib import Path

BASE = Path(__file__).parents[1]
URL = os.environ.get("CLINIC_URL", "https://clinic.example")

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = [URL.split("/")[2], "testserver"]
INSTALLED_APPS = ["clinic"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "clinic.urls"
USE_TZ = True
TIME_ZONE = "America/Chicago"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("CLINIC_DATABASE", BASE / "clinic.db"),
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
}
