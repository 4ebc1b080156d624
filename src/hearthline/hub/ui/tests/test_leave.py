# SPDX-License-Identifier: Apache-2.0
import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.urls("hearthline.hub.ui.tests.urls")


@pytest.fixture(autouse=True)
def _the_public_door(settings):
    """As on the public door: no session, no sign-in."""
    settings.MIDDLEWARE = [
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "hearthline.hub.ui.privacy.PrivacyMiddleware",
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_leave_goes_to_the_harmless_page_and_forgets(method):
    client = Client(enforce_csrf_checks=True)
    client.cookies["hearthline_public_language"] = "ar"
    client.cookies["hearthline_public_visit"] = "x"
    response = getattr(client, method)("/leave/")
    assert response.status_code == 302
    assert response["Location"] == settings.PACK.quick_exit.url
    assert response["Cache-Control"] == "no-store"
    assert response["Clear-Site-Data"] == '"cookies", "storage"'
    for name in ("hearthline_public_language", "hearthline_public_visit"):
        assert response.cookies[name]["max-age"] == 0


@pytest.mark.parametrize("name", ["basket[0]", "path", "hearthline_public_[0]", "hearthline_é"])
def test_a_strange_cookie_of_a_neighbouring_site_does_not_keep_anybody_here(name):
    client = Client(headers={"cookie": f"{name}=1; hearthline_public_language=ar"})
    response = client.get("/leave/")
    assert response["Location"] == settings.PACK.quick_exit.url
    assert response.cookies["hearthline_public_language"]["max-age"] == 0


def test_the_language_is_kept_until_the_browser_closes():
    response = Client().post("/language/", {"language": "fr", "next": "/style/?a=1"})
    cookie = response.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (response.status_code, response["Location"]) == (302, "/style/?a=1")
    assert (cookie.value, cookie["max-age"], cookie["expires"]) == ("fr", "", "")
    assert cookie["httponly"]


@pytest.mark.parametrize("way", ["https://example.org/", "//example.org/", "javascript:x", ""])
def test_the_way_back_never_leaves_the_house(way):
    response = Client().post("/language/", {"language": "fr", "next": way})
    assert response["Location"] == "/"


def test_an_unknown_language_is_not_kept():
    response = Client().post("/language/", {"language": "tlh", "next": "/"})
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies


def test_the_language_is_changed_by_a_button_only():
    assert Client().get("/language/").status_code == 405


def test_a_form_without_its_token_gets_kind_words():
    response = Client(enforce_csrf_checks=True).post("/language/", {"language": "fr"})
    assert response.status_code == 403
    assert b"This page was open for a while" in response.content
    assert b"CSRF" not in response.content
