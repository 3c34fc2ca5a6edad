"""Another password, by who is logged in: with the second factor and the old one, few guesses."""

from typing import Any

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from emsar.audit import record
from emsar.staff.access import inviting, lockout, sessions
from emsar.staff.access.waiting import closed_words
from emsar.staff.acting import acting_user


class OldPasswordForm(AdminPasswordChangeForm):
    """Counts wrong guesses of the old password: whoever sits at an open login gets few."""

    def clean_old_password(self) -> str:
        door = lockout.change_door(self.user)
        attempt = lockout.attempt(door)
        if attempt.closed_until is not None:
            raise ValidationError(closed_words(attempt.closed_until), code="limited")
        try:
            given: str = super().clean_old_password()
        except ValidationError:
            attempt.failed(self.user)
            raise
        door.open_again()
        return given


class OwnPassword(PasswordChangeView):
    """The other logins end with the old password, and the person is told."""

    form_class = OldPasswordForm

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        user = acting_user(self.request)
        sessions.end_all(user, sessions.End.ACCESS, but=sessions.current(self.request))
        record("staff.password", actor=user.pk, obj=user)
        inviting.tell_of_password(user)
        return answer
