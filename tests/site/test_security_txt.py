"""Where somebody who finds a weakness tells us (RFC 9116)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.production import Proxied, as_in_production

PATH = "/.well-known/security.txt"


def fields(client) -> dict[str, str]:
    response = client.get(PATH)
    assert response.status_code == 200
    lines = response.content.decode("utf-8").splitlines()
    found = dict(line.split(": ", 1) for line in lines)
    assert len(found) == len(lines)
    return found


def test_names_mailbox_languages_and_places(served, group):
    origin = f"https://{group.main_host}"
    found = fields(served)
    assert found.pop("Expires")
    assert found == {
        "Contact": f"mailto:{group.inquiry_email}",
        "Preferred-Languages": "az, en, ru",
        "Canonical": f"{origin}{PATH}",
        "Policy": f"{origin}/en/privacy-policy/",
    }


def test_is_plain_text_without_cookie_and_costs_no_query(served):
    """No ``db`` fixture: touching the database would fail."""
    response = served.get(PATH, headers={"accept-language": "ru"})
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert not response.cookies


@pytest.mark.parametrize("now", ["2026-11-22T00:00:00Z", "2027-02-28T23:59:59Z", "2028-02-29"])
def test_is_good_for_months_and_never_for_more_than_a_year(client, now):
    with time_machine.travel(now, tick=False):
        text = fields(client)["Expires"]
        left = datetime.fromisoformat(text) - datetime.now(UTC)
    assert text.endswith("T00:00:00Z")
    assert timedelta(days=100) < left < timedelta(days=365)


def test_companies_hosts_lead_to_it(group, settings):
    as_in_production(settings)
    for host in group.redirects:
        response = Proxied(host).get(PATH)
        assert response.status_code == 301
        assert response.headers["Location"] == f"https://{group.main_host}{PATH}"


def test_only_reading_is_possible(client):
    assert client.post(PATH).status_code == 405
