"""What goes on to the site under test and comes back from it, as behind a real reverse proxy."""

from contextlib import closing
from http.client import HTTPConnection, HTTPException

from tests.recording.record import Request, Response

TIMEOUT_SECONDS = 10.0
Upstream = tuple[str, int]
# They belong to one connection, not to the message (RFC 9110, 7.6.1).
OF_THE_CONNECTION = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# Only the proxy may say this; a browser that says it would be believed otherwise.
OF_THE_PROXY = frozenset({"x-forwarded-proto"})
WITHOUT_BODY = frozenset({204, 304})


def plain(status: int, words: str) -> Response:
    """An answer of the proxy itself."""
    return Response(status, [("Content-Type", "text/plain")], words.encode())


def forward(request: Request, upstream: Upstream) -> Response:
    """Ask the site; 502 when it cannot be reached or does not answer in time."""
    with closing(HTTPConnection(*upstream, timeout=TIMEOUT_SECONDS)) as connection:
        try:
            return _ask(connection, request)
        except (OSError, HTTPException) as problem:
            return plain(502, f"The site did not answer: {problem!r}")


def _ask(connection: HTTPConnection, request: Request) -> Response:
    connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers.items():
        if name not in OF_THE_CONNECTION | OF_THE_PROXY:
            connection.putheader(name, value)
    connection.putheader("x-forwarded-proto", request.scheme)
    connection.putheader("connection", "close")
    connection.endheaders(request.body or None)
    with closing(connection.getresponse()) as answer:
        return Response(answer.status, answer.getheaders(), answer.read())


def headers_to_send(request: Request, response: Response) -> list[tuple[str, str]]:
    """The answer's headers for the browser; the length is that of the body that is sent."""
    kept = [pair for pair in response.headers if pair[0].lower() not in OF_THE_CONNECTION]
    if has_body(request, response):
        kept = [pair for pair in kept if pair[0].lower() != "content-length"]
        kept.append(("Content-Length", str(len(response.raw))))
    return [*kept, ("Connection", "close")]


def has_body(request: Request, response: Response) -> bool:
    return request.method != "HEAD" and response.status not in WITHOUT_BODY
