from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from emsar.audit.evidence import EvidenceRow


class ConsentText(EvidenceRow):
    """The words that a person agreed to, stored once: the sentence and the fold-out under it."""

    sha256 = models.CharField(max_length=64, unique=True)
    form = models.SlugField(db_index=False)
    language = models.CharField(_("language"), max_length=2)
    sentence = models.TextField()
    details = models.TextField()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")

    def __str__(self) -> str:
        return f"{self.form} {self.language} {self.sha256[:12]}"


class ConsentEvent(EvidenceRow):
    """A consent given or withdrawn: who (a bare UUID), to what, in which words, by which act.

    No address, no name, no user agent. ``uid`` is the receipt id; ``at`` is the server's time.
    Who chooses about cookies is not known to us: that event has neither ``subject`` nor ``about``.
    In the undertaking of staff (E-9d) ``subject`` is the number of the member of staff.
    ``withdraws`` is the receipt id of the consent that a withdrawal ends. ``sentence_sha256`` is
    taken of the sentence as it reads on the screen, ``text_sha256`` of sentence and fold-out as
    they are stored.
    """

    class Kind(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Method(models.TextChoices):
        FORM_BUTTON = "form_button", _("button of the form")
        WITHDRAWAL_LINK = "withdrawal_link", _("link in the acknowledgement")
        STAFF = "staff", _("recorded by staff")
        CASE = "case", _("request about personal data")
        BANNER = "banner", _("cookie notice")
        SETTINGS = "settings", _("cookie settings")
        STAFF_PAGE = "staff_page", _("page of the undertaking")

    class Purpose(models.TextChoices):
        """What was agreed to; the words that were shown say the same."""

        REPLY = "reply", _("answer the request")
        ROUTING = "routing", _("direct it to the right company")
        PROPOSAL = "proposal", _("prepare a proposal and discuss the project")
        ANALYTICS = "analytics", _("count visits for aggregate statistics")
        CONFIDENTIALITY = "confidentiality", _("keep personal data confidential")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    method = models.CharField(_("method"), max_length=20, choices=Method.choices)
    subject = models.UUIDField(_("data subject"), null=True, db_index=True)
    about = models.UUIDField(_("request"), null=True, db_index=True)
    form = models.SlugField(_("form"), db_index=False)
    text_sha256 = models.CharField(_("SHA-256 of the text shown"), max_length=64)
    language = models.CharField(_("language"), max_length=2)
    policy = models.SlugField(_("policy"), db_index=False)
    version = models.CharField(_("policy version"), max_length=20)
    purposes = models.JSONField(_("purposes"), default=list)
    controllers = models.JSONField(_("controllers"), default=list)
    sentence_sha256 = models.CharField(
        _("SHA-256 of the sentence on the screen"),
        max_length=64,
        default="",
        # The processes of the version before go on writing while this one is set up.
        db_default="",
        editable=False,
    )
    withdraws = models.UUIDField(_("receipt of the consent"), null=True, editable=False)

    ADDED_LATER: ClassVar[Mapping[str, object]] = {"sentence_sha256": "", "withdraws": None}

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["withdraws"], name="consent_one_withdrawal"),
            models.CheckConstraint(
                condition=Q(subject__isnull=False) | Q(form="cookies", about__isnull=True),
                name="consent_only_cookies_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"

    @property
    def text(self) -> ConsentText | None:
        """The words that were shown; None when they are not stored."""
        return ConsentText.objects.filter(sha256=self.text_sha256).first()


class RefusalCount(models.Model):
    """How often analytics cookies were refused on a day of Asia/Baku: a number, and nobody.

    Whoever refuses is given no identity (E-10a), so there is no event to count.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField(_("day"))
    version = models.CharField(_("policy version"), max_length=20)
    language = models.CharField(_("language"), max_length=2)
    count = models.PositiveIntegerField(_("refusals"), default=0)

    class Meta:
        verbose_name = _("daily number of refusals")
        verbose_name_plural = _("daily numbers of refusals")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["day", "version", "language"], name="consent_one_refusal_count"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.version} {self.language}"
