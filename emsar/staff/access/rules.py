"""Django's rules for passwords, in words of ours: its own are not right in Azerbaijani."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class NotAboutYourself(UserAttributeSimilarityValidator):
    """Unlike the login name, the name and the mail address."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return _("The password must not be like your login name, your name or your email address.")


class LongEnough(MinimumLengthValidator):
    """At least as many characters as the settings say."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        words = ngettext(
            "The password must have at least %(count)d character.",
            "The password must have at least %(count)d characters.",
            self.min_length,
        )
        return words % {"count": self.min_length}


class NotCommon(CommonPasswordValidator):
    """None that is on the lists of those who guess."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return _("The password must not be one that many people use.")


class NotDigitsAlone(NumericPasswordValidator):
    """Digits alone are dates and telephone numbers."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return _("The password must not consist of digits alone.")
