"""Celery's way in: `celery -A config worker`, `celery -A config beat`. See `tearline.wake_ups`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tearline.wake_ups import celery_app

app = celery_app()
