# SPDX-License-Identifier: Apache-2.0
"""The line to the mail server: encrypted to a server that proves its name, or not used."""

import datetime
import ipaddress
import ssl

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hearthline.hub.mail.models import Letter
from hearthline.hub.mail.sweeps import send_letters
from hearthline.hub.mail.tests.make import Inbox, mail_server, make_letter

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that vouches for itself: paths of certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    home = tmp_path_factory.mktemp("tls")
    pem, encoding = home / "certificate.pem", serialization.Encoding.PEM
    pem.write_bytes(made.public_bytes(encoding))
    key_file = home / "key.pem"
    key_file.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, key_file


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_starttls_with_a_trusted_certificate_carries_the_letter(
    settings, now, tls, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    settings.SMTP_STARTTLS = True
    make_letter(at=now)
    with mail_server(settings, Inbox(), tls_context=tls, require_starttls=True) as inbox:
        assert send_letters(holder="w1", at=now) == 1
    assert len(inbox.mails) == 1


def test_a_certificate_nobody_vouches_for_is_not_sent_to(settings, now, tls):
    settings.SMTP_STARTTLS = True
    letter = make_letter(at=now)
    with mail_server(settings, Inbox(), tls_context=tls) as inbox:
        assert send_letters(holder="w1", at=now) == 0
    assert inbox.mails == []
    letter = Letter.objects.get(pk=letter.pk)
    assert letter.state == Letter.State.QUEUED
    assert "certificate" in letter.last_error.lower()


def test_a_server_without_starttls_is_not_sent_to_in_clear(settings, now):
    settings.SMTP_STARTTLS = True
    make_letter(at=now)
    with mail_server(settings, Inbox()) as inbox:
        assert send_letters(holder="w1", at=now) == 0
    assert inbox.mails == []


def test_a_wrong_password_is_our_trouble_and_not_the_letters(
    settings, now, tls, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    settings.SMTP_STARTTLS, settings.SMTP_USER, settings.SMTP_PASSWORD = True, "hl", "wrong"
    letter = make_letter(at=now)

    def refuse(server, session, envelope, mechanism, auth_data):
        return AuthResult(success=False, handled=False)

    with mail_server(settings, Inbox(), tls_context=tls, authenticator=refuse) as inbox:
        assert send_letters(holder="w1", at=now) == 0
    assert inbox.mails == []
    assert Letter.objects.get(pk=letter.pk).state == Letter.State.QUEUED
