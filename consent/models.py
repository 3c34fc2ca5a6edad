from django.db import models
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
    """

    class Kind(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Method(models.TextChoices):
        FORM_BUTTON = "form_button", _("button of the form")
        WITHDRAWAL_LINK = "withdrawal_link", _("link in the acknowledgement")
        STAFF = "staff", _("recorded by staff")
        CASE = "case", _("request about personal data")

    class Purpose(models.TextChoices):
        """What the data of a form may be used for; the words of the form say the same."""

        REPLY = "reply", _("answer the request")
        ROUTING = "routing", _("direct it to the right company")
        PROPOSAL = "proposal", _("prepare a proposal and discuss the project")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    method = models.CharField(_("method"), max_length=20, choices=Method.choices)
    subject = models.UUIDField(_("data subject"), db_index=True)
    about = models.UUIDField(_("request"), null=True, db_index=True)
    form = models.SlugField(_("form"), db_index=False)
    text_sha256 = models.CharField(_("SHA-256 of the text shown"), max_length=64)
    language = models.CharField(_("language"), max_length=2)
    policy = models.SlugField(_("policy"), db_index=False)
    version = models.CharField(_("policy version"), max_length=20)
    purposes = models.JSONField(_("purposes"), default=list)
    controllers = models.JSONField(_("controllers"), default=list)

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"

    @property
    def text(self) -> ConsentText | None:
        """The words that were shown; None when they are not stored."""
        return ConsentText.objects.filter(sha256=self.text_sha256).first()
