"""The first step of the login: name and password."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpResponse

from emsar.staff.access.views.entering import first_step_done


class PasswordStep(LoginView):
    """Django's page; a right password leads to the code and logs nobody in."""

    def form_valid(self, form: Any) -> HttpResponse:
        return first_step_done(self.request, form.get_user(), self.get_redirect_url())
