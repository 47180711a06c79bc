"""Django's settings for the scenarios: what django-bolt needs, and nothing that would cost it time."""

SECRET_KEY = "only for benchmarks, on 127.0.0.1, and long enough"  # noqa: S105 - it guards nothing
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django_bolt"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "urls"
BOLT_API = ["api:api"]
LOGGING_CONFIG = None
