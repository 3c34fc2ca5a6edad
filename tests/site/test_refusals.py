"""What is refused before a view sees it, and how it is said."""

import pytest
from django.http import HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.test import Client

from emsar.site.middleware.refusals import RefusalsMiddleware

HANDLER = "emsar.site.uploads.NoUploads"


def allowed(request) -> HttpResponse:
    return HttpResponse("done")


@pytest.mark.parametrize("path", ["/en/%00/", "/en/x%00y/?a=b", "/en/?a=%00", "/en/?%00", "/%00"])
def test_address_with_a_nul_is_400(rf, path):
    response = RefusalsMiddleware(allowed)(rf.get(path, headers={"accept-language": "en"}))
    assert response.status_code == 400
    assert '<html lang="en">' in response.text


@pytest.mark.parametrize("path", ["/en/", "/en/?a=100%25&b=00", "/en/%E2%80%AE/", "/en/%FF/"])
def test_other_addresses_pass(rf, path):
    assert RefusalsMiddleware(allowed)(rf.get(path)).content == b"done"


def test_wrong_method_gets_a_page_and_keeps_the_allowed_ones(rf):
    middleware = RefusalsMiddleware(lambda request: HttpResponseNotAllowed(["GET", "HEAD"]))
    response = middleware(rf.post("/ru/"))
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert '<html lang="ru">' in response.text


@pytest.mark.parametrize(
    "answer", [HttpResponse("own words", status=405), StreamingHttpResponse(["own"], status=405)]
)
def test_refusal_with_words_of_its_own_is_left_alone(rf, answer):
    assert RefusalsMiddleware(lambda request: answer)(rf.post("/en/")) is answer


@pytest.mark.urls("tests.site.urls")
@pytest.mark.parametrize("size", [1, 5_000_000])
def test_file_of_any_size_is_refused(settings, size, tmp_path):
    settings.FILE_UPLOAD_HANDLERS = [HANDLER]
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    file = tmp_path / "plan.txt"
    file.write_bytes(b"x" * size)
    with file.open("rb") as plan:
        response = Client().post("/en/free-consultation/", {"name": "A", "plan": plan})
    assert response.status_code == 413
    assert "Files cannot be attached" in response.text
    assert [path.name for path in tmp_path.iterdir()] == ["plan.txt"]


@pytest.mark.urls("tests.site.urls")
def test_form_without_a_file_passes(settings):
    settings.FILE_UPLOAD_HANDLERS = [HANDLER]
    assert Client().post("/en/free-consultation/", {"name": "A"}).text == "got 1 fields"
