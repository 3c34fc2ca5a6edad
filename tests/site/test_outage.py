"""PostgreSQL is really stopped and started under a running site.

What is published goes on being served; the rest is answered with 503 within seconds, and comes
back without a restart of the site.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from emsar.embedded.account import choose_account
from emsar.embedded.place import Place
from emsar.embedded.ports import choose
from emsar.embedded.postgres import OWNER, Postgres
from emsar.embedded.servers import claimed, throw_away_folder

pytestmark = pytest.mark.stack

PASSWORD = "only-for-this-test"
# A query of its own each time, and the same page as finished bytes.
LIVE, STORED = "/ru/privacy-policy/policy/?live", "/ru/privacy-policy/policy/"
FEW_SECONDS = 6.0


@pytest.fixture
def postgres():
    with throw_away_folder(Path("/tmp/emsar-outage")) as folder, claimed(folder) as claim:  # noqa: S108
        account = choose_account(folder / "postgres")
        place = Place(folder, account)
        log = folder / "postgres.log"
        server = Postgres(
            folder / "postgres", place.open(), log, account, claim.register, durable=False
        )
        server.create(PASSWORD)
        server.start()
        server.prepare(PASSWORD, PASSWORD)
        yield server
        server.stop()
        place.close()


@pytest.fixture(params=["pool", "no pool"])
def site(request, postgres):
    """The address of a site that has answered both pages once."""
    port = choose()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.site.outage_settings",
        "DATABASE_URL": postgres.url(OWNER, PASSWORD),
        "OUTAGE_POOL": request.param,
    }
    granian = Path(sys.executable).with_name("granian")
    command = [granian, "--interface", "wsgi", "--port", str(port), "emsar.wsgi:application"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(address))
        for path in (LIVE, STORED):
            assert get(address + path)[0] == 200
        yield address
    finally:
        process.terminate()
        process.wait(20)


def answers(address: str) -> bool:
    try:
        return get(f"{address}/healthz")[0] == 200
    except OSError:
        return False


def wait_for(condition) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def get(url: str) -> tuple[int, str, float]:
    """Status, text and seconds."""
    start = time.monotonic()
    request = Request(url, headers={"Host": "testserver"})  # noqa: S310
    try:
        with urlopen(request, timeout=30) as response:  # noqa: S310
            status, text = response.status, response.read().decode()
    except HTTPError as error:
        status, text = error.code, error.read().decode()
    return status, text, time.monotonic() - start


def test_site_outlives_its_database(postgres, site, group):
    postgres.stop()
    for _ in range(3):
        status, text, seconds = get(site + LIVE)
        assert status == 503
        assert seconds < FEW_SECONDS
    assert '<html lang="ru">' in text
    assert all(mailbox.address in text for mailbox in group.mailboxes)
    for _ in range(2):
        assert get(site + STORED)[0] == 200
    assert get(f"{site}/healthz")[0] == 200
    assert get(f"{site}/readyz")[0] == 503
    assert get(f"{site}/static/site/site.css")[0] == 200

    postgres.start()
    back = time.monotonic()
    wait_for(lambda: get(site + LIVE)[0] == 200)
    assert time.monotonic() - back < FEW_SECONDS
    assert get(site + LIVE)[0] == 200
