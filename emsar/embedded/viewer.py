"""The local mail viewer: pages over the mails that the sink kept. It needs no script."""

import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

from emsar.embedded.viewer_page import STYLE, page

HOST = "127.0.0.1"
SHOWN_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID")
SHOWN_MAILS = 200
NAME = re.compile(r"[0-9TZ.-]+\.eml")
LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")
LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")


def read_mail(path: Path, *, headers_only: bool = False) -> EmailMessage:
    """The stored mail, as far as it can be read."""
    parser = BytesParser(EmailMessage, policy=default)
    with path.open("rb") as file:
        return parser.parse(file, headersonly=headers_only)


def header(mail: EmailMessage, name: str) -> str:
    """A header as text; what cannot be decoded is shown as it came."""
    try:
        return str(mail.get(name, ""))
    except (ValueError, IndexError, AttributeError):
        return next((str(v) for k, v in mail.raw_items() if k.lower() == name.lower()), "")


def text_of(mail: EmailMessage) -> str:
    """The text part, else the source of the HTML part."""
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError, AttributeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def linked(text: str) -> str:
    """``text`` escaped, its web addresses as links."""
    pieces, end = [], 0
    for match in LINK.finditer(text):
        address = escape(match[0])
        pieces += [escape(text[end : match.start()]), f'<a href="{address}">{address}</a>']
        end = match.end()
    return "".join([*pieces, escape(text[end:])])


def list_page(folder: Path) -> str:
    """All mails, the newest first."""
    names = sorted((p.name for p in folder.glob("*.eml")), reverse=True)
    rows = "".join(_row(folder / name) for name in names[:SHOWN_MAILS])
    older = len(names) - SHOWN_MAILS
    note = f"<p>{older} older mails stand in the folder.</p>" if older > 0 else ""
    return page("Mails", "list", count=len(names), rows=rows, note=note)


def _row(path: Path) -> str:
    mail = read_mail(path, headers_only=True)
    subject = escape(header(mail, "Subject")) or "(no subject)"
    cells = "".join(f"<td>{escape(header(mail, name))}</td>" for name in ("From", "To", "Date"))
    return f'<tr><td><a href="/{quote(path.name)}">{subject}</a></td>{cells}</tr>'


def mail_page(path: Path) -> str:
    """One mail: its headers, its text, the names of its attachments."""
    mail = read_mail(path)
    shown = ((name, header(mail, name)) for name in SHOWN_HEADERS)
    rows = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in shown if text)
    files = [part.get_filename() or part.get_content_type() for part in mail.iter_attachments()]
    if files:
        rows += f"<dt>Attached</dt><dd>{escape(', '.join(files))}</dd>"
    return page(
        escape(header(mail, "Subject")) or "(no subject)",
        "mail",
        headers=rows,
        text=linked(text_of(mail)),
        raw=quote(path.name),
    )


class Handler(BaseHTTPRequestHandler):
    """Answers ``/``, ``/<mail>``, ``/raw/<mail>`` and ``/style.css``."""

    folder: Path

    def do_GET(self) -> None:
        """One page. A foreign Host is refused: other sites must not read the mails through us."""
        if not LOOPBACK.fullmatch(self.headers.get("Host", "")):
            return self._answer(HTTPStatus.MISDIRECTED_REQUEST, page("Wrong host", "error"))
        path = unquote(self.path.partition("?")[0])
        if path == "/":
            return self._answer(HTTPStatus.OK, list_page(self.folder))
        if path == "/style.css":
            return self._answer(HTTPStatus.OK, STYLE, "text/css")
        return self._mail(path)

    def _mail(self, path: str) -> None:
        name = path.removeprefix("/raw").removeprefix("/")
        file = self.folder / name
        if not NAME.fullmatch(name) or not file.is_file():
            return self._answer(HTTPStatus.NOT_FOUND, page("No such mail", "error"))
        if path.startswith("/raw/"):
            raw = file.read_bytes().decode("utf-8", "replace")
            return self._answer(HTTPStatus.OK, raw, "text/plain")
        return self._answer(HTTPStatus.OK, mail_page(file))

    def _answer(self, status: HTTPStatus, text: str, kind: str = "text/html") -> None:
        body = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing: a line a click would bury the site's own messages."""


def viewer_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server on the loopback address, listening already."""
    handler = type("FolderHandler", (Handler,), {"folder": folder})
    return ThreadingHTTPServer((HOST, port), handler)
