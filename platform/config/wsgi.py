"""The WSGI application. With TEARLINE_WORKER=thread the process that serves it works off what is due as well."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

shop = get_wsgi_application()

from tearline import admission, serving, slow_bodies  # noqa: E402 - need the apps to be loaded

application = slow_bodies.arriving(admission.admitting(shop))

serving.take_short_turns()
serving.end_when_told()
if os.environ.get("TEARLINE_WORKER") == "thread":
    serving.work_alongside()
