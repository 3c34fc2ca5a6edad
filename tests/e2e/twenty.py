"""Works in the database of a running site, as a process of its own with the site's settings.

python -m tests.e2e.twenty <verb>, its facts as JSON on the standard input, its answer as JSON:
"fill" lets every table tell of whoever sent a request, "approve" gives the officer's word on
deletions, "make_due" makes it the machine's day for others.
"""

import json
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID


def fill(people: list[dict[str, str]]) -> dict[str, Any]:
    """Rows about each person in every table; the numbers and keys by which they are named."""
    from dsar.services import deadlines
    from dsar.services.columns import columns, explains_numbers
    from policies.recomputing import recompute_all
    from tests.dsar.people import staff

    team = staff()
    found = [_fill(person, team) for person in people]
    # What the jobs of a minute and an hour would do anyway, so that they change nothing later.
    recompute_all()
    deadlines.run()
    return {
        "people": found,
        "nothing_told": _empty(found[-1]),
        "without_meaning": [c.place for c in columns() if explains_numbers(c)],
    }


def _fill(person: dict[str, str], team: Any) -> dict[str, Any]:
    from dsar.models import Case
    from emsar.subjects.models import SubjectIdentifier
    from requests_inbox.models import ConsultationRequest
    from tests.dsar.people import known_by, let_go

    request = ConsultationRequest.objects.get(reference=person["reference"])
    known = known_by(request, by=team)
    # Answered, so that nobody is reminded of it meanwhile.
    ConsultationRequest.objects.filter(pk=request.pk).update(status="replied")
    mine = SubjectIdentifier.objects.filter(subject=known.person)
    mine.filter(kind="phone").update(value=person["phone"])
    if person["goes"]:
        let_go(known)
    return {
        "person": str(known.person.pk),
        "request": str(request.pk),
        "cases": [str(row.pk) for row in Case.objects.filter(subject=known.person.pk)],
        "keys": [bytes(row.key).hex() for row in mine],
        "records": [str(row.pk) for row in request.messages.all()],
        "officer": str(known.officer.pk),
    }


def _empty(person: dict[str, Any]) -> list[str]:
    """The tables of the data map that tell nothing of a person."""
    from dsar.walk import held_about

    held = held_about(UUID(person["person"]))
    return [line.label for line in held if not line.rows.exists()]


def approve(facts: dict[str, Any]) -> int:
    """The officer approves the deletion of each of these persons; how many."""
    from dsar.models import Case
    from dsar.services import erasure
    from emsar.staff import rows
    from emsar.staff.models import User

    officer = User.objects.get(pk=facts["officer"])
    for case in _deletions(Case, facts["people"]):
        # As the admin does it: without a scope the web would find no request to erase.
        with rows.of_member(officer):
            erasure.approve(case, by=officer)
    return len(facts["people"])


def make_due(people: list[str]) -> int:
    """The machine's day has come for the deletions of these persons; how many."""
    from dsar.models import Case

    days = {"execute_on": "2026-01-01", "promise_due": "2026-01-04", "statutory_due": None}
    return int(_deletions(Case, people).update(**days))


def _deletions(model: Any, people: list[str]) -> Any:
    return model.objects.filter(subject__in=people, kind="deletion", status="open")


def main() -> None:
    import django

    django.setup()
    verbs: dict[str, Callable[[Any], Any]] = {
        "fill": fill,
        "approve": approve,
        "make_due": make_due,
    }
    print(json.dumps(verbs[sys.argv[1]](json.load(sys.stdin))))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
