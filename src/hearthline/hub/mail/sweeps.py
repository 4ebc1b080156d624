# SPDX-License-Identifier: Apache-2.0
import logging
import smtplib
import ssl
import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import OperationalError

from hearthline.hub.clocks.actions import LeaseLost, lease
from hearthline.hub.mail import actions
from hearthline.hub.mail.models import Letter

log = logging.getLogger(__name__)

Connect = Callable[[], smtplib.SMTP]

# One answer of the server may take this long. A dialogue has seven, and a run starts no letter
# after RUN, so every letter is settled before its lease (clocks.LEASE, five minutes) runs out.
TIMEOUT = 20.0
RUN = 120.0


def dial() -> smtplib.SMTP:
    """A line to the configured mail server. With STARTTLS its certificate is checked."""
    server = smtplib.SMTP(
        settings.SMTP_HOST,
        settings.SMTP_PORT,
        local_hostname=settings.MAIL_FROM.rpartition("@")[2],
        timeout=TIMEOUT,
    )
    try:
        if settings.SMTP_STARTTLS:
            server.starttls(context=ssl.create_default_context())
        if settings.SMTP_USER:
            server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        server.ehlo_or_helo_if_needed()
    except Exception:
        server.close()
        raise
    return server


def send_letters(*, holder: str, at: datetime, connect: Connect = dial) -> int:
    """Send what is due, one letter at a time; the number of letters the server took."""
    started, sent = time.monotonic(), 0
    while time.monotonic() - started < RUN:
        leased = lease(Letter.objects.due(at), holder=holder, at=at, limit=1)
        if not leased:
            break
        try:
            sent += _send(leased[0], holder=holder, at=at, connect=connect)
        except actions.HeldBack:
            log.info("letter %s is held back", leased[0].pk)
        except LeaseLost:
            log.warning("letter %s was taken over by another worker", leased[0].pk)
        except OperationalError:
            raise  # the database is busy for every letter
        except Exception:
            # It stays leased for a while, so the next letter has its turn.
            log.exception("letter %s failed; it is tried again", leased[0].pk)
    return sent


def forget_letters(*, holder: str, at: datetime) -> int:
    """Destroy the keys of letters whose time to be read is over."""
    outlived = list(Letter.objects.outlived(at).select_related("data_key")[:500])
    for letter in outlived:
        actions.forget(letter=letter, at=at)
    return len(outlived)


SWEEPS: tuple[Callable[..., int], ...] = (send_letters, forget_letters)


def _send(letter: Letter, *, holder: str, at: datetime, connect: Connect) -> bool:
    """One letter, one line to the server; True when the server took it."""
    wire = actions.start_sending(letter=letter, holder=holder, at=at)
    try:
        server = connect()
    except (OSError, smtplib.SMTPException) as error:
        # Whatever is wrong before the envelope is said is wrong with the line, not the letter.
        words = _words(error)
        actions.note_refused(letter=letter, holder=holder, at=at, words=words)
        log.warning("the mail server cannot be used: %s", words)
        return False
    try:
        server.sendmail(settings.MAIL_FROM, [letter.recipient], wire)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[letter.recipient]
        words = f"{code} {_text(said)}"
        actions.note_refused(
            letter=letter, holder=holder, at=at, words=words, for_good=_for_good(code)
        )
    except smtplib.SMTPResponseException as error:
        words = f"{error.smtp_code} {_text(error.smtp_error)}"
        for_good = _for_good(error.smtp_code)
        actions.note_refused(letter=letter, holder=holder, at=at, words=words, for_good=for_good)
    except (OSError, smtplib.SMTPException) as error:
        actions.note_unknown(letter=letter, holder=holder, at=at, words=_words(error))
    else:
        actions.note_sent(letter=letter, holder=holder, at=at)
        return True
    finally:
        _hang_up(server)
    return False


def _for_good(code: int) -> bool:
    """RFC 5321, 4.2.1: 5yz is permanent, 4yz is not."""
    return 500 <= code < 600


def _words(error: Exception) -> str:
    return _text(f"{type(error).__name__}: {error}")


def _text(said: bytes | str) -> str:
    """Without control characters: what a server says is stored, and some stores refuse them."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return "".join(sign if sign.isprintable() else " " for sign in words)


def _hang_up(server: smtplib.SMTP) -> None:
    """The letter's fate is settled; how the line ends changes nothing."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
