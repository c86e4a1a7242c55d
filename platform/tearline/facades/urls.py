"""Where other processes call the facades that this one keeps. See `_protocol`."""

from django.urls import path

from tearline.facades._server import answer

urlpatterns = [path("<str:module>/<str:name>", answer)]
