"""What reaches the logs: kinds and places, and nothing of anybody. The faults are real ones."""

import io
import json
import logging
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.template import Context, Template

from emsar.site.logs import WARNINGS, JsonLines, PlainLines, WithoutPersons
from emsar.site.tracing import request_id, task_id
from tests.production import environment, start

TOKEN = "Zm9v-_YmFyYmF6cXV4Zm9vYmFyYmF6"
CANARY = "canary.aysel@example.com"
NAME = "Kanarya Məmmədova"


@pytest.fixture(params=[JsonLines(), PlainLines("{levelname} {name} {message}", style="{")])
def log(request):
    """A logger as the settings make it, in production and on a developer's machine."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param)
    handler.addFilter(WithoutPersons())
    logger = logging.Logger("emsar.test")
    logger.addHandler(handler)
    logger.stream = stream
    return logger


def json_logger() -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(WithoutPersons())
    logger = logging.Logger("emsar.test")
    logger.addHandler(handler)
    return logger, stream


def logged(message: str, *arguments: object, **extra: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, arguments, None)
    vars(record).update(extra)
    assert WithoutPersons().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    "path", [f"/az/free-consultation/withdraw/{TOKEN}/", f"/az/sent/?r={TOKEN}:1abc:{TOKEN}"]
)
def test_token_is_masked(path):
    assert TOKEN not in logged("Not Found: %s", path)
    assert "/az/" in logged("Not Found: %s", path)
    assert TOKEN not in logged(f"Not Found: {path}")


def test_mail_address_is_masked():
    assert logged("mail to %s refused", CANARY) == "mail to … refused"
    assert CANARY not in logged(f"<{CANARY}>: mailbox unavailable")


def test_what_is_neither_stays():
    assert (
        logged("%s took %d ms", "/az/free-consultation/", 12) == "/az/free-consultation/ took 12 ms"
    )
    assert logged("plain") == "plain"
    assert logged("%(a)s", {"a": 1}) == "1"


def test_address_of_a_request_is_told_as_its_pattern(rf):
    request = rf.get(f"/en/{NAME}/")
    assert logged("Not Found: %s", request.path, request=request) == "Not Found: (no page)"


def test_fault_among_the_arguments_is_told_as_its_class():
    assert logged("refused: %s", ValueError(NAME)) == "refused: ValueError"
    assert logged("%(what)s", {"what": IntegrityError(NAME)}) == "django.db.utils.IntegrityError"


def unique() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE canary (email text UNIQUE) ON COMMIT DROP")
        cursor.execute("INSERT INTO canary VALUES (%s), (%s)", [CANARY, CANARY])


def too_long() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::int", [NAME])


def invalid() -> None:
    raise ValidationError({"name": [f"{NAME} {CANARY}"]})


def in_template() -> None:
    class Person:
        def name(self) -> str:
            raise KeyError(NAME)

    Template("{{ person.name }}").render(Context({"person": Person()}))


def chained() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as problem:
        raise RuntimeError(f"{NAME}: {problem}") from problem


FAULTS = {
    unique: (IntegrityError, "django.db.utils.IntegrityError", CANARY),
    too_long: (DataError, "django.db.utils.DataError", NAME),
    invalid: (ValidationError, "django.core.exceptions.ValidationError", CANARY),
    in_template: (KeyError, "KeyError", NAME),
    chained: (RuntimeError, "RuntimeError", CANARY),
}


@pytest.mark.parametrize("cause", FAULTS, ids=lambda cause: cause.__name__)
def test_words_of_a_real_fault_are_left_out(db, log, cause):
    kind, shown, words = FAULTS[cause]
    with pytest.raises(kind) as caught, transaction.atomic():
        cause()
    fault = caught.value
    # The control: the words would have been told.
    assert words in str(fault)
    log.error("could not: %s", fault, exc_info=fault)
    log.error(f"could not: {fault}", exc_info=fault)
    text = log.stream.getvalue()
    assert words not in text
    assert "anar" not in text
    assert text.count(shown) >= 4
    assert re.search(rf"tests/site/test_logs\.py:[0-9]+ {cause.__name__}\b", text)


def test_line_is_one_json_object_with_the_numbers():
    logger, stream = json_logger()
    marks = request_id.set("0123456789abcdef"), task_id.set("5f0c")
    try:
        logger.warning("two\nlines %s", "əlif")
    finally:
        request_id.reset(marks[0])
        task_id.reset(marks[1])
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "WARNING",
        "logger": "emsar.test",
        "message": "two\nlines əlif",
        "request": "0123456789abcdef",
        "task": "5f0c",
    }


def test_line_of_no_request_has_no_number():
    logger, stream = json_logger()
    logger.info("started")
    assert set(json.loads(stream.getvalue())) == {"time", "level", "logger", "message"}


def test_chain_of_faults_is_told_with_its_places():
    logger, stream = json_logger()
    try:
        chained()
    except RuntimeError:
        logger.exception("failed")
    outer, inner = json.loads(stream.getvalue())["exception"]
    assert (outer["type"], inner["type"]) == ("RuntimeError", "ValueError")
    assert outer["stack"][-1].endswith(" chained")
    assert outer["stack"][-1].startswith("tests/site/test_logs.py:")


def test_message_that_does_not_fit_is_not_shown(log):
    log.error("%d people", NAME)
    assert "a message that does not fit its arguments" in log.stream.getvalue()
    assert NAME not in log.stream.getvalue()


def test_traceback_left_by_another_handler_is_not_told(log):
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = log.makeRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    logging.Formatter().format(record)
    assert CANARY in record.exc_text
    log.handle(record)
    assert CANARY not in log.stream.getvalue()


# What Celery itself says of a task that failed, with its own format and arguments.
CELERY = """
import django
django.setup()
from emsar.celery import app
from celery.signals import setup_logging
setup_logging.send(sender=None)

@app.task(name="canary", bind=True)
def canary(self, who):
    import logging
    logging.getLogger("emsar.test").warning("at work")
    raise ValueError(f"no {who}")

canary.apply(args=["%s"], task_id="11111111-2222-3333-4444-555555555555")
import celery.app.trace as trace
try:
    raise ValueError("%s")
except ValueError as fault:
    import sys
    info = trace.TraceInfo("FAILURE", fault)
    info._log_error(canary, type("R", (), {"delivery_info": {}, "id": "1", "root_id": "1",
        "parent_id": None, "hostname": "h", "args": ["%s"], "kwargs": {}, "loglevel": 0,
        "logfile": None, "is_eager": False, "redelivered": False, "get": lambda s, n, d=None: d})(),
        type("E", (), {"exception": fault, "traceback": "Traceback %s", "exc_info": sys.exc_info(),
        "internal": False})())
""".replace("%s", CANARY)


def test_failed_task_is_told_without_its_arguments_and_words():
    done = start(CELERY, environment(DJANGO_SETTINGS_MODULE="emsar.settings.production"))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert CANARY not in done.stderr + done.stdout
    (at_work,) = [line for line in lines if line["message"] == "at work"]
    assert at_work["task"] == "11111111-2222-3333-4444-555555555555"
    told = [line for line in lines if line["logger"] == "celery.app.trace"]
    assert len(told) == 2
    for failed in told:
        assert "canary[" in failed["message"]
        assert failed["exception"][0]["type"] == "ValueError"


ENDED = """
import django, threading
django.setup()
thread = threading.Thread(target=lambda: int("%s"))
thread.start(); thread.join()
raise ValueError("%s")
""".replace("%s", CANARY)


def test_fault_that_ends_a_process_or_thread_is_told_without_its_words():
    done = start(ENDED, environment(DJANGO_SETTINGS_MODULE="emsar.settings.production"))
    assert done.returncode == 1
    thread, process = (json.loads(line) for line in done.stderr.splitlines())
    assert (thread["message"], process["message"]) == ("a thread ends", "the process ends")
    assert {thread["exception"][0]["type"], process["exception"][0]["type"]} == {"ValueError"}
    assert CANARY not in done.stderr


WARNED = """
import django, warnings
django.setup()
warnings.simplefilter("always")
warnings.warn("%s of %s")
exec(compile("warnings.warn('%s', RuntimeWarning)", "/srv/site-packages/a/b.py", "exec"))
""".replace("%s", CANARY)


@pytest.mark.parametrize("kind", ["production", "dev"])
def test_warning_of_python_is_a_line_of_the_log_without_its_words(kind):
    done = start(WARNED, environment(DJANGO_SETTINGS_MODULE=f"emsar.settings.{kind}"))
    assert (done.returncode, done.stdout) == (0, "")
    own, foreign = done.stderr.splitlines()
    assert "canary" not in done.stderr
    if kind == "production":
        keys = ("level", "logger", "message")
        told = [tuple(json.loads(line)[key] for key in keys) for line in (own, foreign)]
        assert told == [
            ("WARNING", "py.warnings", "UserWarning at <string>:5"),
            ("WARNING", "py.warnings", "RuntimeWarning at a/b.py:1"),
        ]
    else:
        assert own.endswith(" WARNING py.warnings UserWarning at <string>:5")


def test_warning_in_another_form_is_not_quoted():
    record = logging.LogRecord(WARNINGS, logging.WARNING, "", 0, "%s", (NAME,), None)
    WithoutPersons().filter(record)
    assert record.getMessage() == "a warning"


def test_command_tells_its_own_words():
    """A CommandError is meant for the person at the keyboard."""
    given = environment(DJANGO_SETTINGS_MODULE="emsar.settings.production")
    command = [sys.executable, "manage.py", "load_organisation", "/no/such/file.toml"]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "CommandError" in done.stderr
