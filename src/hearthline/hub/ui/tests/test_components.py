# SPDX-License-Identifier: Apache-2.0
"""What each component promises to whoever includes it."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from hearthline.hub.ui.charts import bars
from hearthline.hub.ui.desk import SampleForm
from hearthline.hub.ui.templatetags.face import Clock, clock, defang, digits, since, suppressed
from hearthline.hub.ui.tests.sheets import HUB

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def component(name, **given):
    return " ".join(render_to_string(f"ui/{name}.html", given).split())


def test_a_chip_has_words_and_its_reason_can_be_focused():
    chip = component("chip", tone="warn", code="U1", label="Happening now", reason="A threat")
    assert "<b>U1</b> Happening now" in chip
    assert 'tabindex="0"' in chip
    assert "A threat" in chip


def test_a_chip_without_a_reason_is_no_stop_for_the_keyboard():
    assert "tabindex" not in component("chip", tone="ok", label="Gone")


def test_the_receipt_is_read_as_one_number():
    receipt = component("receipt_number", number="4071882300596314")
    assert '<span class="visually-hidden">4071 8823 0059 6314</span>' in receipt
    assert receipt.count("receipt-group") == 4


def test_a_timeline_says_what_is_done_in_words():
    steps = [
        {"title": "Told", "state": "done", "at": NOON},
        {"title": "Working", "state": "current"},
        {"title": "Ended", "state": "todo"},
    ]
    line = component("timeline", steps=steps)
    assert "(done)" in line
    assert line.count('aria-current="step"') == 1
    assert 'datetime="2026-11-22T12:00:00+00:00"' in line


def test_a_clock_bar_has_text_and_no_inline_style():
    bar = component("clock_bar", clock=Clock(80, "warn", "2 h left"))
    assert "2 h left" in bar
    assert 'width="80%"' in bar
    assert "style" not in bar


def test_a_suppressed_bar_has_no_length_and_never_says_zero():
    chart = component("chart_bar", title="T", bars=bars([("a", 90), ("b", None)]), threshold=5)
    assert "fewer than 5" in chart
    assert 'width="0%"' in chart
    assert ">0<" not in chart


def test_a_pager_keeps_the_rest_of_the_address():
    request = RequestFactory().get("/?lane=new&page=2")
    page = Paginator(range(90), 40).get_page(2)
    pager = render_to_string("ui/pager.html", {"page": page}, request=request)
    assert "?lane=new&amp;page=1" in pager
    assert "?lane=new&amp;page=3" in pager


def test_one_page_needs_no_pager():
    page = Paginator(range(9), 40).get_page(1)
    assert component("pager", page=page) == ""


def test_the_emergency_box_without_a_number_still_helps():
    box = component("emergency", emergency={"known": False})
    assert "tel:" not in box
    assert "call the police" in box


def test_a_letter_escapes_what_somebody_wrote():
    letter = component("letter", from_name="You", body="<b>hi</b>\n\nthere")
    assert "&lt;b&gt;hi&lt;/b&gt;" in letter
    assert letter.count("<p>") == 2


def test_an_empty_value_is_said_to_be_not_stated():
    pairs = component("definition_list", pairs=[("Age", ""), ("Count", 0)])
    assert "not stated" in pairs
    assert "<dd>0</dd>" in pairs


@pytest.mark.parametrize(
    "path", sorted((HUB / "ui/templates/ui").glob("*.html")), ids=lambda p: p.stem
)
def test_every_component_says_what_it_is_for(path):
    assert "{# " in path.read_text(encoding="utf-8")


# Forms.


def test_hint_and_error_are_tied_to_the_field():
    form = SampleForm({"where": "chat", "address": "", "level": "U1"})
    html = form["address"].as_field_group()
    assert 'aria-describedby="id_address_helptext id_address_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_address_helptext"' in html
    assert 'id="id_address_error"' in html
    assert '<label for="id_address">' in html


def test_a_group_of_choices_is_a_fieldset_with_its_legend():
    html = SampleForm({"where": ""})["where"].as_field_group()
    assert (
        '<fieldset class="field field-wrong" aria-describedby="id_where_helptext id_where_error"'
        in html
    )
    assert "<legend>Where did it happen?" in html
    assert "messages, a group, a game" in html
    assert html.count('type="radio"') == 3


def test_what_may_be_left_out_says_so():
    assert "(optional)" in SampleForm()["words"].as_field_group()
    assert "(optional)" not in SampleForm()["address"].as_field_group()


def test_a_hint_cannot_carry_markup():
    class Sly(forms.Form):
        name = forms.CharField(help_text="<i>x</i>")

    assert "&lt;i&gt;" in Sly()["name"].as_field_group()


def test_the_error_summary_leads_to_each_field():
    form = SampleForm({"address": "", "where": "", "level": ""})
    summary = component("error_summary", form=form)
    for target in ("#id_address", "#id_where", "#id_level"):
        assert f'href="{target}"' in summary
    whole = form.as_div()
    for target in ("id_address", "id_where", "id_level"):
        assert f'id="{target}"' in whole


def test_without_errors_there_is_no_summary():
    assert component("error_summary", form=SampleForm()) == ""


# Filters and tags.


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(days=2), "2 d"),
    ],
)
def test_since_is_short_and_never_negative(length, text):
    assert since(NOON - length, NOON) == text


def test_nothing_has_no_age():
    assert since(None) == ""


@pytest.mark.parametrize(
    ("gone", "percent", "tone", "text"),
    [
        (0, 0, "calm", "4 h left"),
        (180, 75, "warn", "60 min left"),
        (240, 100, "warn", "0 min over"),
        (300, 100, "warn", "60 min over"),
    ],
)
def test_a_clock_turns_to_warn_before_it_runs_out(gone, percent, tone, text):
    start = NOON
    shown = clock(start, start + timedelta(hours=4), start + timedelta(minutes=gone))
    assert (shown.percent, shown.tone) == (percent, tone)
    assert shown.text == text.replace("60 min", "1 h")


def test_digits_come_in_fours():
    assert digits("4071 8823-0059 6314") == "4071 8823 0059 6314"


def test_small_cells_are_hidden_and_zero_is_not():
    assert suppressed(None, 5) == "fewer than 5"
    assert suppressed(0, 5) == "0"
    with translation.override("en"):
        assert suppressed(1284) == "1,284"


def test_an_address_cannot_be_clicked():
    assert "://example.org" not in defang("https://example.org/a")


def test_bars_are_scaled_to_the_largest():
    assert [bar.percent for bar in bars([("a", 200), ("b", 1), ("c", 0), ("d", None)])] == [
        100,
        1,
        0,
        0,
    ]
    assert bars([]) == []


def test_the_tags_are_there_without_loading():
    page = Template("{% clock start due now as c %}{{ c.text }} {{ n|digits }}{% pack as p %}")
    given = {"start": NOON, "due": NOON + timedelta(hours=1), "now": NOON, "n": "12345678"}
    assert page.render(Context(given)) == "1 h left 1234 5678"
