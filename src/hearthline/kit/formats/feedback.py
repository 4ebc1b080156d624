# SPDX-License-Identifier: Apache-2.0
"""The mail that carries a notice: readable by a person, and by a machine.

Source: RFC 5965 (`multipart/report; report-type=feedback-report`), with the parts XARF 3 gave
it: plain words, a `message/feedback-report` with `Feedback-Type: xarf`, and the notice as JSON.
XARF 4 defines no mail transport, so its notices travel in the same envelope. Where no XARF code
is honest (see `kit.formats.xarf`), the notice is a plain mail with the same headers.

A letter about several addresses is a `multipart/mixed`: one text that lists them all, then one
whole `multipart/report` for each. A feedback report is about one incident and has one
machine-readable part (RFC 5965, section 2), a XARF 4 document has one `url` and one `report_id`,
and since RFC 6522 a `multipart/report` need no longer be the outermost part. So each report in the
letter is exactly the one that would have travelled alone.

Nothing else is ever attached, and a mail with any other part is refused unread: pictures reach
hotlines that way.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import Header
from email.message import EmailMessage, Message
from email.policy import SMTP, default
from typing import Any

from hearthline.kit.formats import xarf as xarf_format
from hearthline.kit.formats.refused import FormatRefused

USER_AGENT = "Hearthline"
# RFC 5965, section 3.1: the version of the feedback report format.
REPORT_VERSION = "1"
XARF_FILE = "xarf.json"
LONGEST_MAIL = 1_000_000

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_OWN_HEADERS = frozenset({"from", "sender", "to", "cc", "bcc", "subject", "date", "message-id"})


@dataclass(frozen=True, slots=True)
class Feedback:
    """A notice as read. `xarf` is None and `fields` empty when the mail was plain.

    `fields` are those of the machine-readable part, `headers` the mail's own, each name once
    (the first) and spelled as it came.
    """

    plain_text: str
    fields: dict[str, str]
    xarf: dict[str, Any] | None
    message_id: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One of several reports in a letter: a few words of its own, and the notice."""

    plain_text: str
    xarf: Mapping[str, Any]


def compose(
    *,
    sender: str,
    recipient: str,
    subject: str,
    message_id: str,
    date: datetime,
    plain_text: str,
    xarf: Mapping[str, Any] | None,
    headers: Mapping[str, str],
) -> EmailMessage:
    """A notice ready to send; the same values give the same bytes.

    `sender` and `recipient` are one address each, with or without a name. `date` has a zone.
    `headers` are further ones, such as `Auto-Submitted` or `In-Reply-To`. Raises FormatRefused
    naming the field: for a line break or other control character anywhere in a header, for a
    header that is set here already, and for whatever `kit.formats.xarf` refuses.
    """
    message = _addressed(sender, recipient, subject, message_id, date, headers)
    text = _clean(plain_text)
    if xarf is None:
        message.set_content(text + "\n", cte="quoted-printable")
    else:
        _add_report(message, text, xarf_format.read(xarf))
    return message


def compose_several(
    *,
    sender: str,
    recipient: str,
    subject: str,
    message_id: str,
    date: datetime,
    plain_text: str,
    parts: Sequence[Part],
    headers: Mapping[str, str],
) -> EmailMessage:
    """One letter with several notices; `plain_text` lists them all. Raises as `compose` does."""
    message = _addressed(sender, recipient, subject, message_id, date, headers)
    text = _clean(plain_text)
    words = EmailMessage(policy=SMTP)
    words.set_content(text + "\n", cte="quoted-printable")
    reports = []
    for part in parts:
        report = EmailMessage(policy=SMTP)
        _add_report(report, _clean(part.plain_text), xarf_format.read(part.xarf))
        reports.append(report)
    seen = "".join([text, *(str(part.xarf.get("report_id", "")) for part in parts)])
    boundary = hashlib.sha256(seen.encode("utf-8")).hexdigest()[:40]
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/mixed; boundary="=m{boundary}"'
    for one in (words, *reports):
        del one["MIME-Version"]
        message.attach(one)
    return message


def parse(message: EmailMessage | bytes) -> Feedback:
    """The one notice of a mail. Raises FormatRefused naming what is wrong with it."""
    found = parse_all(message)
    if len(found) != 1:
        raise FormatRefused("Content-Type", "several notices; read them with parse_all")
    return found[0]


def parse_all(message: EmailMessage | bytes) -> list[Feedback]:
    """The notices of a mail, in its order. Raises FormatRefused naming what is wrong with it.

    What a letter of several only lists in its text is for people, and is not among them.
    """
    if isinstance(message, bytes) and len(message) > LONGEST_MAIL:
        raise FormatRefused("$", f"longer than {LONGEST_MAIL} bytes")
    try:
        # Read again even when already parsed, so that both ways give the very same answer.
        whole = message if isinstance(message, bytes) else message.as_bytes()
        return _read(message_from_bytes(whole, policy=default))
    except (MessageError, LookupError, UnicodeError, AttributeError, TypeError) as fault:
        raise FormatRefused("$", f"not a readable mail: {fault}") from fault


def _read(mail: EmailMessage) -> list[Feedback]:
    headers: dict[str, str] = {}
    for name, value in mail.items():
        headers.setdefault(name, str(value))
    message_id = str(mail["Message-ID"] or "").strip()
    kind = mail.get_content_type()
    if kind == "text/plain":
        return [Feedback(_text(mail), {}, None, message_id, headers)]
    if kind != "multipart/mixed":
        return [_read_report(mail, message_id, headers)]
    first, *reports = mail.iter_parts()
    if first.get_content_type() != "text/plain" or not reports:
        raise FormatRefused("Content-Type", "a letter of several begins with the text of all")
    return [_read_report(report, message_id, headers) for report in reports]


def _read_report(mail: Message, message_id: str, headers: dict[str, str]) -> Feedback:
    if mail.get_content_type() != "multipart/report" or not isinstance(mail, EmailMessage):
        raise FormatRefused("Content-Type", "a report or plain text is read here, nothing else")
    if mail.get_param("report-type") != "feedback-report":
        raise FormatRefused("Content-Type", "the report is not a feedback report")
    parts: dict[str, Any] = {}
    for part in mail.iter_parts():
        kind = part.get_content_type()
        if kind not in ("text/plain", "message/feedback-report", "application/json"):
            raise FormatRefused("Content-Type", f"a part of type {kind} is not opened here")
        if kind in parts:
            raise FormatRefused("Content-Type", f"two parts of type {kind}")
        parts[kind] = part
    for kind in ("text/plain", "message/feedback-report", "application/json"):
        if kind not in parts:
            raise FormatRefused("Content-Type", f"the part of type {kind} is missing")
    fields = _fields(parts["message/feedback-report"])
    if fields.get("Feedback-Type", "").lower() != "xarf":
        raise FormatRefused("Feedback-Type", "only xarf is read here")
    content: bytes = parts["application/json"].get_payload(decode=True)
    return Feedback(
        _text(parts["text/plain"]), fields, xarf_format.read(content), message_id, headers
    )


def _addressed(
    sender: str,
    recipient: str,
    subject: str,
    message_id: str,
    date: datetime,
    headers: Mapping[str, str],
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = _address("sender", sender)
    message["To"] = _address("recipient", recipient)
    message.set_raw("Subject", _subject(subject))
    if date.utcoffset() is None:
        raise FormatRefused("date", "a time without a time zone; say which")
    message["Date"] = date
    if not _MESSAGE_ID.fullmatch(message_id):
        raise FormatRefused("message_id", "an identifier in the form <left@right> is needed")
    message["Message-ID"] = message_id
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise FormatRefused("headers", f"{name!r} is no header name")
        if name.lower() in _OWN_HEADERS or name.lower().startswith(("content-", "mime-")):
            raise FormatRefused(f"headers.{name}", "set by the notice itself")
        if not value.isascii():
            raise FormatRefused(f"headers.{name}", "plain ASCII only")
        message[name] = _line(f"headers.{name}", value)
    return message


def _clean(plain_text: str) -> str:
    text = plain_text.replace("\r\n", "\n")
    if _CONTROL_IN_TEXT.search(text):
        raise FormatRefused("plain_text", "control characters; only tabs and line breaks")
    return text


def _add_report(message: EmailMessage, text: str, document: Mapping[str, Any]) -> None:
    words = EmailMessage(policy=SMTP)
    words.set_content(text + "\n", cte="quoted-printable")
    fields: Message = Message(policy=SMTP)
    fields["Feedback-Type"] = "xarf"
    fields["User-Agent"] = USER_AGENT
    fields["Version"] = REPORT_VERSION
    machine = EmailMessage(policy=SMTP)
    machine["Content-Type"] = "message/feedback-report"
    machine.set_payload([fields])
    notice = EmailMessage(policy=SMTP)
    content = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8")
    notice.set_content(content, "application", "json", filename=XARF_FILE)
    # A boundary out of the content keeps the bytes the same for the same notice.
    boundary = hashlib.sha256(text.encode("utf-8") + content).hexdigest()[:40]
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = (
        f'multipart/report; report-type=feedback-report; boundary="={boundary}"'
    )
    for part in (words, machine, notice):
        # Only the whole mail states the version of MIME (RFC 2045, section 4).
        del part["MIME-Version"]
        message.attach(part)


def _text(part: Message) -> str:
    content: bytes = part.get_payload(decode=True)  # type: ignore[assignment]
    charset = part.get_content_charset("utf-8")
    text = content.decode(charset, errors="replace").replace("\r\n", "\n")
    # One line break at the end belongs to the mail, not to the text.
    return text.removesuffix("\n")


def _fields(part: Message) -> dict[str, str]:
    inner = part.get_payload()
    if not isinstance(inner, list) or len(inner) != 1 or not isinstance(inner[0], Message):
        raise FormatRefused("Feedback-Type", "the machine-readable part is not in order")
    found: dict[str, str] = {}
    for name, value in inner[0].items():
        found.setdefault(name, str(value))
    return found


def _line(field: str, value: str) -> str:
    if _CONTROL.search(value):
        raise FormatRefused(field, "a line break or control character cannot stand here")
    return value


def _subject(value: str) -> str:
    """The subject as it is written down, encoded (RFC 2047) where it must be.

    Not left to `EmailMessage`, which loses spaces between long non-ASCII words.
    """
    words = " ".join(_line("subject", value).split())
    if words.isascii() and "=?" not in words:
        return words
    return Header(words, "utf-8", header_name="Subject").encode()


def _address(field: str, value: str) -> str:
    """The one address given, checked. A second one, or none, is refused."""
    probe = EmailMessage(policy=SMTP)
    try:
        probe["To"] = _line(field, value)
        header = probe["To"]
        plain = [one for one in header.addresses if one.username and one.domain]
        named_groups = [group for group in header.groups if group.display_name is not None]
    except (ValueError, IndexError, AttributeError) as fault:
        if isinstance(fault, FormatRefused):
            raise
        raise FormatRefused(field, "not an e-mail address") from fault
    if len(header.addresses) != 1 or len(plain) != 1 or named_groups or header.defects:
        raise FormatRefused(field, "exactly one e-mail address is needed")
    if not plain[0].addr_spec.isascii():
        raise FormatRefused(field, "an address in plain ASCII is needed")
    return value
