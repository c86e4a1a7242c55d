"""Where staff begin and end a session. Whoever guesses passwords is stopped, for each address and for each name."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from tearline.api._rates import Guesses
from tearline.content_security import HEADER, allowing

LASTS = 12 * 60 * 60
"""Seconds after which a session of the staff ends."""

CONTENT = allowing(form_action="'self'")


class StaffForm(AuthenticationForm):
    """For staff alone. Others are told nothing else than whoever has a wrong password."""

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if not user.is_staff:
            raise ValidationError(self.get_invalid_login_error())


class Login(LoginView):
    template_name = "tearline_api/login.html"
    authentication_form = StaffForm
    next_page = "/api/v1/docs"

    def dispatch(self, request: HttpRequest, *args: Any, **told: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **told)
        response[HEADER] = CONTENT
        return response

    def post(self, request: HttpRequest, *args: Any, **told: Any) -> HttpResponse:
        """Once there were too many wrong passwords, the right one is not looked at either."""
        guesses = Guesses(request, str(request.POST.get("username", "")))
        if seconds := guesses.seconds_to_wait():
            context = {"form": self.authentication_form(request), "seconds": seconds}
            return self.render_to_response(context, status=429, headers={"Retry-After": str(seconds)})
        return super().post(request, *args, **told)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session.set_expiry(LASTS)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        Guesses(self.request, str(form.data.get("username", ""))).add()
        return super().form_invalid(form)


urlpatterns = [
    path("login", Login.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="login"), name="logout"),
]
