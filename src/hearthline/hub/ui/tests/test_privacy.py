# SPDX-License-Identifier: Apache-2.0
import time

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory

from hearthline.hub.ui.privacy import PrivacyMiddleware, names_a_file

FORM = "application/x-www-form-urlencoded"
pytestmark = pytest.mark.urls("hearthline.hub.ui.tests.urls")


def page(request):
    return HttpResponse("a page")


def echo(request):
    return HttpResponse(request.POST["words"])


def with_a_file():
    return (
        b'--b\r\nContent-Disposition: form-data; name="words"\r\n\r\nhello\r\n'
        b'--b\r\nContent-Disposition: form-data; name="it"; filename="a.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n\x00\x01\r\n--b--\r\n"
    )


def send(view, body, kind):
    request = RequestFactory().generic("POST", "/", body, content_type=kind)
    return PrivacyMiddleware(view)(request), request


@pytest.fixture
def public_door(settings):
    settings.DOOR = "public"


def test_every_page_stays_out_of_caches_and_closes_the_device():
    response = PrivacyMiddleware(page)(RequestFactory().get("/"))
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "geolocation=()" in response["Permissions-Policy"]


def test_the_referrer_policy_lets_our_own_forms_through():
    response = PrivacyMiddleware(page)(RequestFactory().get("/"))
    assert response["Referrer-Policy"] == "same-origin"


def test_what_is_not_a_page_keeps_its_own_caching():
    response = PrivacyMiddleware(lambda request: JsonResponse({}))(RequestFactory().get("/"))
    assert "Cache-Control" not in response


def test_a_plain_form_passes_the_public_door(public_door):
    response, _ = send(echo, b"words=hello", FORM)
    assert (response.status_code, response.content) == (200, b"hello")


def test_a_plain_form_with_a_charset_passes_the_public_door(public_door):
    response, _ = send(echo, b"words=hello", f"{FORM}; charset=UTF-8")
    assert response.content == b"hello"


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data; boundary=b", "image/jpeg", "application/json", "text/plain", ""],
)
def test_anything_else_is_refused_at_the_public_door_unread(public_door, kind):
    response, request = send(echo, with_a_file(), kind)
    assert response.status_code == 415
    assert b"We cannot take files" in response.content
    assert not hasattr(request, "_body")
    assert request._stream.read(2) == b"--"


def test_an_empty_body_without_a_type_is_a_button_press(public_door):
    response, _ = send(page, b"", "")
    assert response.status_code == 200


def test_a_file_is_refused_at_the_desk():
    response, _ = send(echo, with_a_file(), "multipart/form-data; boundary=b")
    assert response.status_code == 415


def test_a_multipart_form_without_a_file_is_read_at_the_desk():
    body = b'--b\r\nContent-Disposition: form-data; name="words"\r\n\r\nhello\r\n--b--\r\n'
    response, _ = send(echo, body, "multipart/form-data; boundary=b")
    assert response.content == b"hello"


@pytest.mark.parametrize(
    "header",
    [
        b'Content-Disposition: form-data; name="it"; filename="a.jpg"',
        b"CONTENT-DISPOSITION: form-data; FILENAME*=utf-8''a.jpg",
        b'Content-Disposition: form-data; name="it";\r\n filename = "a.jpg"',
        b'Content-Disposition: form-data; name="it";filename=""',
    ],
)
def test_a_file_is_seen_however_its_header_is_written(header):
    body = b"--b\r\n" + header + b"\r\n\r\n\x00\r\n--b--\r\n"
    response, _ = send(echo, body, "multipart/form-data; boundary=b")
    assert response.status_code == 415


@pytest.mark.parametrize("piece", [b"content-disposition:;", b"; ", b"content-disposition:"])
def test_a_hostile_body_is_looked_through_in_linear_time(piece):
    """Anybody may send this to a door where staff sign in; it once took a processor ten seconds."""
    largest = 256 * 1024
    body = (piece * (largest // len(piece) + 1))[:largest]
    began = time.process_time()
    assert not names_a_file(body)
    assert time.process_time() - began < 1
