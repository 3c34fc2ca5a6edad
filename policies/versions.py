"""The versions in force, kept in memory until the publication counter or the day changes."""

from datetime import UTC, date, datetime, time
from functools import partial, reduce
from zoneinfo import ZoneInfo

from django.utils import timezone

from emsar.datamap.terms import better_of, policy_term
from emsar.entities import publication
from policies.models import Policy, PolicyVersion, State

PRIVACY = "privacy-policy"
COOKIES = "cookie-policy"
# Of staff (E-9d): published like the others, and shown in the administration alone.
UNDERTAKING = "undertaking"
PUBLIC = frozenset({PRIVACY, COOKIES})
# Under which somebody agrees to something, so that a version may ask them again.
ASKED = frozenset({COOKIES, UNDERTAKING})
# More than that are versions of yesterday.
MOST_KEPT = 10
BAKU = ZoneInfo("Asia/Baku")

_kept: dict[tuple[int, date], dict[str, PolicyVersion]] = {}
_answered: dict[tuple[int, date, str], frozenset[str]] = {}


def in_force(policy: str = PRIVACY) -> PolicyVersion | None:
    """The version of a policy in force today (Asia/Baku); costs no query while nothing changes."""
    return _today().get(policy)


def _today() -> dict[str, PolicyVersion]:
    key = (publication.seen(), datetime.now(BAKU).date())
    found = _kept.get(key)
    if found is None:
        found = _read(key[1])
        _kept.clear()
        _kept[key] = found
    return found


def _read(day: date) -> dict[str, PolicyVersion]:
    versions = {
        policy.slug: PolicyVersion.objects.in_force(policy.slug, day)
        for policy in Policy.objects.all()
    }
    return {slug: version for slug, version in versions.items() if version is not None}


def state_of(version: PolicyVersion) -> State:
    """Where a version stands today (Asia/Baku)."""
    if not version.is_published:
        return State.DRAFT
    current = in_force(version.policy_id)
    if current is not None and current.pk == version.pk:
        return State.CURRENT
    day = version.effective_date
    return State.UPCOMING if day and day > timezone.localdate() else State.PAST


def published_slugs() -> list[str]:
    """The policies that have a version in force, for the links on every page (E-0b).

    What is for staff alone has no public address, so it is not among them.
    """
    return sorted(PUBLIC & _today().keys())


def is_public(policy: str) -> bool:
    """Whether the versions of a policy have public addresses."""
    return policy in PUBLIC


def numbers_in_force() -> list[str]:
    """Every version in force today by policy and number."""
    return [str(version) for _slug, version in sorted(_today().items())]


def term_in_force(name: str) -> int:
    """The value of a term in the version in force; LookupError when no version states it."""
    return _held(name, None)


def term_for(name: str, shown: PolicyVersion | None) -> int:
    """The value that a record is held to: the better one for its person of the version shown to
    them and the version in force; statutory terms follow the version in force (idea 1)."""
    return _held(name, shown)


def _held(name: str, shown: PolicyVersion | None) -> int:
    term = policy_term(name)
    # Two policies may state one term; a person is held to the better of them as well.
    values = [int(v.terms[name]) for v in _today().values() if name in v.terms]
    if shown is not None and name in shown.terms and not (term and term.statutory and values):
        values.append(int(shown.terms[name]))
    if term is None or not values:
        raise LookupError(f"no version in force states the term {name!r}")
    return reduce(partial(better_of, term), values)


def answered_under(policy: str) -> frozenset[str]:
    """The numbers of the versions under which a choice was made that still holds today.

    All that have been in force, down to the last one that ``requires_reconsent``.
    """
    key = (publication.seen(), datetime.now(BAKU).date(), policy)
    found = _answered.get(key)
    if found is None:
        found = _read_answered(policy, key[1])
        if len(_answered) > MOST_KEPT:
            _answered.clear()
        _answered[key] = found
    return found


def _read_answered(policy: str, day: date) -> frozenset[str]:
    past = PolicyVersion.objects.published().filter(policy=policy, effective_date__lte=day)
    numbers: set[str] = set()
    for version in past.order_by("-effective_date", "-published_at"):
        numbers.add(version.number)
        if version.requires_reconsent:
            break
    return frozenset(numbers)


def next_effective_instant(now: datetime) -> datetime | None:
    """When the next published version comes into force by itself (S-8b)."""
    today = timezone.localdate(now)
    coming = PolicyVersion.objects.published().filter(effective_date__gt=today)
    first = coming.order_by("effective_date").values_list("effective_date", flat=True).first()
    return datetime.combine(first, time(), BAKU).astimezone(UTC) if first else None


def reset() -> None:
    """Forget what is kept: for tests that move the clock."""
    _kept.clear()
    _answered.clear()
