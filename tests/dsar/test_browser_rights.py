"""Each right in a real browser, from the public form to the end state (E-8b to E-8j).

A copy, a correction and a request that is taken back stand in ``test_pages_browser``.
"""

from io import BytesIO
from zipfile import ZipFile

from dsar.models import Case, Kind, Outcome, Release, Status
from emsar.entities.registry import registry
from emsar.staff.models import User
from emsar.subjects.models import DataSubject, Objection
from requests_inbox.models import ConsultationRequest
from requests_inbox.models import Status as RequestStatus
from tests.dsar.asking import ADDRESS
from tests.dsar.browsing import asked, facts, told
from tests.factories import make_request, solutions_user

ENDED = Status.COMPLETED


def authority(language: str) -> tuple[str, ...]:
    """Name, service and address of where to complain."""
    facts = registry().authority
    return facts.name.get(language), facts.service.get(language), facts.website


def test_information_ends_with_everything_in_the_person_s_hands(person) -> None:
    make_request("ru", email=ADDRESS, name="Айсель Мамедова", project="Проверка сети.")
    reader = person("ru")
    case = asked(reader, Kind.INFORMATION)
    reader.reads("Сообщите, что вы обо мне храните", "Ваша копия готова")
    assert facts(case) == (ENDED, Outcome.FULFILLED)
    assert case.reference in told(case)
    reader.page.click(".case .button")
    with reader.page.expect_download() as fetched:
        reader.page.click("main form button")
    with ZipFile(BytesIO(fetched.value.path().read_bytes())) as package:
        page = next(name for name in package.namelist() if name.endswith(".html"))
        assert "Проверка сети." in package.read(page).decode()
    assert Release.objects.get(case=case).downloads == 1


def test_information_about_nobody_says_that_nothing_is_held(person) -> None:
    reader = person("az")
    case = asked(reader, Kind.INFORMATION)
    assert facts(case) == (ENDED, Outcome.NOTHING_HELD)
    reader.reads("icra olunub: haqqınızda başqa heç nə saxlamırıq")


def test_objection_stops_the_purposes_that_the_officer_settles(person, colleague) -> None:
    request = make_request("ru", email=ADDRESS)
    reader = person("ru")
    case = asked(reader, Kind.OBJECTION, "Не готовьте предложение.")
    reader.reads("Ваши данные не используются, пока по запросу не принято решение.")
    assert facts(case) == (Status.OPEN, "")
    assert DataSubject.objects.get().suspended_at is not None
    colleague().verb(case, "object", purposes=Objection.Purpose.PROPOSAL)
    assert facts(case) == (ENDED, Outcome.FULFILLED)
    assert DataSubject.objects.get().suspended_at is None
    assert Objection.objects.get().purpose == Objection.Purpose.PROPOSAL
    request.refresh_from_db()
    assert (request.objected, request.objected_until is not None) == (["proposal"], True)
    assert "подготовка предложения" in told(case)
    reader.look(case)
    reader.reads("Ваше возражение принято.")


def test_withdrawal_of_consent_takes_effect_with_the_click(person) -> None:
    request = make_request("az", email=ADDRESS)
    reader = person("az")
    case = asked(reader, Kind.WITHDRAWAL)
    reader.reads("Razılığımı geri götürürəm", "Razılığınız geri götürüldü.")
    assert facts(case) == (ENDED, Outcome.FULFILLED)
    request.refresh_from_db()
    assert (request.status, request.destroy_after is not None) == (RequestStatus.WITHDRAWN, True)
    assert request.reference in told(case)


def visible(user: User) -> list[ConsultationRequest]:
    return list(ConsultationRequest.objects.visible_to(user))


def test_block_hides_at_once_and_ends_when_it_is_asked(person, colleague) -> None:
    request, staff = make_request("en", email=ADDRESS), solutions_user()
    assert visible(staff) == [request]
    reader = person("en")
    first = asked(reader, Kind.BLOCKING)
    reader.reads("Block my data, or end a block", "Your data were blocked.")
    assert facts(first) == (ENDED, Outcome.FULFILLED)
    assert visible(staff) == []
    reader.ask(Kind.BLOCKING, words="Please end the block.")
    second = Case.objects.exclude(pk=first.pk).get()
    reader.look(second)
    reader.page.click("text=Yes, I asked for this")
    assert facts(second) == (Status.OPEN, "")
    assert visible(staff) == []
    colleague().verb(second, "lift", reason="asked")
    assert facts(second) == (ENDED, Outcome.FULFILLED)
    assert visible(staff) == [request]
    reader.look(second)
    reader.reads("The block ended.")
    assert "the block of your records has ended" in told(second)


def test_complaint_is_answered_with_the_authority_and_its_address(person, colleague) -> None:
    reader = person("ru")
    case = asked(reader, Kind.COMPLAINT, "Мне ответили слишком поздно.")
    reader.page.fill("#id_body", "Прошу разобраться.")
    reader.page.click("form:has(#id_body) button")
    reader.reads("Мне ответили слишком поздно.", "Прошу разобраться.")
    answer = "Вы правы, приносим извинения."
    colleague().verb(case, "answer", words=answer, outcome=Outcome.FULFILLED)
    assert facts(case) == (ENDED, Outcome.FULFILLED)
    letter = told(case)
    assert [each for each in (answer, *authority("ru")) if each not in letter] == []
    reader.look(case)
    reader.reads("Мы ответили.", answer, *authority("ru"))


def test_another_right_is_answered_by_the_officer(person, colleague) -> None:
    reader = person("az")
    case = asked(reader, Kind.OTHER, "Məlumatlarımı haradan almısınız?")
    reader.reads("Digər hüquq", "Məlumatlarımı haradan almısınız?", "üzərində iş gedir")
    answer = "Məlumatları saytdakı forma ilə özünüz göndərmisiniz."
    colleague().verb(case, "answer", words=answer, outcome=Outcome.FULFILLED)
    assert facts(case) == (ENDED, Outcome.FULFILLED)
    assert answer in told(case)
    reader.look(case)
    reader.reads("Cavab verdik.", answer, *authority("az"))


def test_correction_is_proposed_by_the_person_and_decided_by_the_officer(person, colleague) -> None:
    request = make_request("en", email=ADDRESS, name="Aysel Mamadova")
    reader, desk = person("en"), colleague()
    case = asked(reader, Kind.CORRECTION)
    place = f"requests_inbox.consultationrequest|{request.pk}|name"
    reader.page.select_option("#id_field", place)
    reader.page.fill("#id_value", "Aysel Məmmədova")
    reader.page.click("form:has(#id_value) button")
    reader.reads("A correction was proposed.")
    desk.open(case)
    desk.page.click("a[href*='/proposals/']")
    desk.press("button[value=approve]")
    assert ConsultationRequest.objects.get().name == "Aysel Məmmədova"
    assert facts(case) == (ENDED, Outcome.FULFILLED)
    reader.look(case)
    reader.reads("A value was corrected everywhere.")


def test_refusal_names_its_ground_and_where_to_complain(person, colleague) -> None:
    make_request("ru", email=ADDRESS)
    reader = person("ru")
    case = asked(reader, Kind.DELETION)
    reasons = "Документы бухгалтерского учёта храним пять лет."
    law = registry().references[0]
    fields = {"ground": "law_keeps", "legal_reference": law.slug, "words": reasons}
    colleague().verb(case, "refuse", **fields)
    assert facts(case) == (ENDED, Outcome.REFUSED)
    assert ConsultationRequest.objects.count() == 1
    reader.look(case)
    ground = "закон требует хранить данные"
    reader.reads("отказано", ground, reasons, *authority("ru"))
    letter = told(case)
    expected = (ground, reasons, law.title.get("ru"), *authority("ru"))
    assert [each for each in expected if each not in letter] == []
