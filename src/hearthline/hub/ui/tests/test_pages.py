# SPDX-License-Identifier: Apache-2.0
"""Base pages and error pages, rendered alone."""

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation

from hearthline.hub.ui.context import MayNothing, face
from hearthline.hub.ui.desk import style

pytestmark = pytest.mark.urls("hearthline.hub.ui.tests.urls")


def get(path="/"):
    return RequestFactory().get(path)


def test_the_title_of_a_public_page_says_nothing():
    page = render_to_string("ui/public.html", request=get())
    assert "<title>Weather</title>" in page
    assert "data-leave" in page
    assert 'lang="en" dir="ltr"' in page


def test_a_page_in_arabic_runs_from_the_right():
    with translation.override("ar"):
        assert "<title>الطقس</title>" in render_to_string("ui/public.html", request=get())
        assert 'lang="ar" dir="rtl"' in render_to_string("ui/public.html", request=get())


def test_the_languages_are_buttons_in_their_own_names():
    page = render_to_string("ui/public.html", request=get("/style/?a=1"))
    for code, name in settings.LANGUAGES:
        assert f'value="{code}"' in page
        assert name in page
    assert 'name="next" value="/style/?a=1"' in page


def test_the_demonstration_says_so(settings):
    assert "Nothing here is real" not in render_to_string("ui/public.html", request=get())
    settings.DEMO = True
    assert "Nothing here is real" in render_to_string("ui/public.html", request=get())


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_error_pages_need_no_context_and_show_a_way_on(code):
    page = get_template(f"{code}.html").render()
    assert "<h1>" in page
    assert 'href="/"' in page
    assert ("tel:" in page) == settings.PACK.emergency.known


def test_an_error_page_keeps_the_language_without_a_context():
    with translation.override("ar"):
        assert 'lang="ar" dir="rtl"' in get_template("500.html").render()


def test_nobody_may_do_anything_without_signing_in():
    assert face(get())["may"].cases_queue_read is False


def test_permissions_of_the_signed_in_person_reach_the_page():
    request = get()
    request.user = type("Person", (), {"may": type("May", (), {"cases_queue_read": True})})
    assert face(request)["may"].cases_queue_read is True


def test_what_an_object_does_not_have_is_not_a_permission():
    with pytest.raises(AttributeError):
        MayNothing().__iter__  # noqa: B018


@pytest.mark.parametrize("language", ["en", "zh-hans", "ar"])
def test_the_style_page_shows_every_component(language):
    with translation.override(language):
        page = style(get("/style/")).content.decode()
    for sign in (
        "chip-danger", "notice-warn", "clock-run", "timeline", "table-wrap", "pager", "empty",
        "pairs", "chart-run", "letter-mine", "progress", "emergency", "card-choice",
        "receipt-group", "helpline", "error-summary", "key-hint",
    ):  # fmt: skip
        assert sign in page, sign
