"""The WSGI application. With TEARLINE_WORKER=thread the process that serves it works off what is due as well."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from tearline import serving  # noqa: E402 - needs the apps to be loaded

serving.end_when_told()
if os.environ.get("TEARLINE_WORKER") == "thread":
    serving.work_alongside()
