import shlex
from pathlib import Path

import pytest

from emsar.embedded.announce import announce, answers, summary
from emsar.embedded.ports import choose
from emsar.embedded.programs import Addresses, Program, common_environment, programs
from emsar.embedded.run import choose_addresses

HERE = Addresses(8000, 2525, 8025, "http://127.0.0.1:8000")


def test_a_run_consists_of_web_worker_beat_and_mail():
    assert [program.name for program in programs(HERE, Path("/d"))] == [
        "web",
        "worker",
        "beat",
        "mail",
    ]


def test_a_real_mail_server_replaces_the_sink():
    real = Addresses(8000, 0, 0, "http://127.0.0.1:8000")

    assert [program.name for program in programs(real, Path("/d"))] == ["web", "worker", "beat"]
    assert real.public["mail"] is None
    assert "EMAIL_URL" not in common_environment({}, {"DATA_DIR": "/d"}, real)


def test_the_web_server_logs_no_request_and_listens_on_this_machine_alone():
    web = programs(HERE, Path("/d"))[0].command

    assert "--no-access-log" in web
    assert web[web.index("--host") + 1] == "127.0.0.1"


def test_a_program_runs_under_its_keeper_whatever_its_words():
    line = Program("web", ["a b", "$c", "'"]).kept(Path("/d/my processes"))
    words = shlex.split(line)

    assert words[0] == "exec"
    assert words[-7:] == ["keep", "web", "/d/my processes", "--", "a b", "$c", "'"]


def test_the_callers_own_values_are_kept():
    given = {"SITE_ORIGIN": "https://dev.example", "STATIC_ROOT": "/s", "EMAIL_URL": "smtp://m"}
    real = Addresses(8000, 0, 0, given["SITE_ORIGIN"])

    environment = common_environment(given, {"DATA_DIR": "/d"}, real)

    assert given.items() <= environment.items()
    assert environment["DJANGO_SETTINGS_MODULE"] == "emsar.settings.dev"


def test_what_is_missing_is_added():
    environment = common_environment({}, {"DATA_DIR": "/d", "SECRET_KEY": "s"}, HERE)

    assert environment["SITE_ORIGIN"] == HERE.origin
    assert environment["EMAIL_URL"] == "smtp://127.0.0.1:2525"
    assert environment["STATIC_ROOT"] == "/d/static"
    assert environment["SECRET_KEY"] == "s"


def test_the_ports_of_a_run_differ():
    port = choose()

    chosen = choose_addresses(port, {})

    assert len({chosen.port, chosen.smtp, chosen.viewer}) == 3
    assert chosen.origin == f"http://127.0.0.1:{port}"


def test_a_given_mail_server_and_origin_are_used():
    chosen = choose_addresses(8000, {"EMAIL_URL": "smtp://m", "SITE_ORIGIN": "https://dev.example"})

    assert chosen == Addresses(8000, 0, 0, "https://dev.example")


def test_the_screen_tells_addresses_and_logins():
    login = {"username": "dpo", "password": "w0rd", "role": "dpo", "totp_secret": "ABCD"}

    told = summary(HERE, [login])

    assert "  site   http://127.0.0.1:8000\n" in told
    assert "  admin  http://127.0.0.1:8000/admin/\n" in told
    assert "  mail   http://127.0.0.1:8025/\n" in told
    assert "    dpo  w0rd  ABCD  (dpo)\n" in told
    assert "logins" not in summary(HERE, [])


def test_a_site_that_does_not_answer_is_not_called_up(monkeypatch):
    monkeypatch.setattr("emsar.embedded.announce.PATIENCE", 0.1)
    said: list[str] = []

    announce(Addresses(choose(), 0, 0, "http://x"), [], said.append)

    assert said == ["The site does not answer yet; its own messages above say why."]


def test_a_port_without_a_site_does_not_answer():
    assert not answers(choose())


@pytest.mark.parametrize("wrong", [0, 1])
def test_the_screen_speaks_only_after_the_site_answered(monkeypatch, wrong: int):
    replies = [False] * wrong + [True]
    monkeypatch.setattr("emsar.embedded.announce.answers", lambda _port: replies.pop(0))
    said: list[str] = []

    announce(HERE, [], said.append)

    assert replies == []
    assert len(said) == 1
    assert "The site is up" in said[0]
