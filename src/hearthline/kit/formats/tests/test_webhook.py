# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest

from hearthline.kit.formats import FormatRefused, webhook

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
BODY = b'{"type": "csam"}'
# The secret of the published example of this way of signing.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def signed(**changes):
    parts = {"secret": SECRET, "message_id": "notice-1", "at": NOW, "body": BODY}
    return webhook.headers(**{**parts, **changes})


def test_the_example_of_the_specification():
    at = datetime.fromtimestamp(1614265330, UTC)
    found = signed(message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=b'{"test": 2432232314}')
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_signed_verifies():
    assert webhook.verify(secret=SECRET, received=signed(), body=BODY, at=NOW) == "notice-1"


def test_a_fresh_secret_signs_too():
    secret = webhook.new_secret()
    received = signed(secret=secret)
    assert webhook.verify(secret=secret, received=received, body=BODY, at=NOW) == "notice-1"
    assert secret != webhook.new_secret()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": b"{}"}, "webhook-signature"),
        ({"secret": webhook.new_secret()}, "webhook-signature"),
        ({"at": NOW + timedelta(minutes=6)}, "webhook-timestamp"),
    ],
)
def test_what_was_changed_or_is_old_is_refused(changes, field):
    given = {"secret": SECRET, "received": signed(), "body": BODY, "at": NOW}
    with pytest.raises(FormatRefused, match=field):
        webhook.verify(**{**given, **changes})


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_named(name):
    received = {key: value for key, value in signed().items() if key != name}
    with pytest.raises(FormatRefused, match=name):
        webhook.verify(secret=SECRET, received=received, body=BODY, at=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"message_id": "a.b"}, "message_id"),
        ({"message_id": "a\r\nb"}, "message_id"),
        ({"at": NOW.replace(tzinfo=None)}, "at"),
        ({"secret": "whsec_c2hvcnQ="}, "secret"),
        ({"secret": "no base64"}, "secret"),
    ],
)
def test_what_cannot_be_signed_is_refused(changes, field):
    with pytest.raises(FormatRefused, match=field):
        signed(**changes)
