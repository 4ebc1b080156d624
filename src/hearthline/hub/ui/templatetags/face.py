# SPDX-License-Identifier: Apache-2.0
"""The few filters and tags every template has without loading (they are `builtins`).

Query strings are kept with Django's own `{% querystring lane="new" page=None %}`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from hearthline.kit.packs import Pack
from hearthline.kit.urls import defang as defang_url

register = template.Library()

NEARLY = 75  # percent of a clock after which it asks for attention


@register.filter
def defang(url: str) -> str:
    """An address nobody can click by accident: `hxxps://example[.]org/a`."""
    return defang_url(str(url))


@register.filter
def digits(number: str) -> str:
    """Digits in groups of four, so a person can copy them: "1234 5678 9012 3456"."""
    plain = "".join(sign for sign in str(number) if sign.isalnum())
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


@register.filter
def own_names(codes: list[str] | None) -> list[dict[str, str]]:
    """Languages as `{"code", "name"}`, each by its own name, or by its code if it has none here."""
    offered = dict(settings.LANGUAGES)
    return [{"code": code, "name": offered.get(code) or _local_name(code)} for code in codes or []]


def _local_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


def short(length: timedelta) -> str:
    """A length of time in its largest unit, rounded down: "12 min", "3 h", "5 d"."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 60:
        return _("%(count)s min") % {"count": number_format(minutes)}
    if minutes < 48 * 60:
        return _("%(count)s h") % {"count": number_format(minutes // 60)}
    return _("%(count)s d") % {"count": number_format(minutes // (24 * 60))}


@register.filter
def since(moment: datetime | None, now: datetime | None = None) -> str:
    """The short age of a moment, "3 h"; nothing for nothing. Never negative."""
    if moment is None:
        return ""
    return short(max(timedelta(0), (now or timezone.now()) - moment))


@register.filter
def suppressed(count: int | None, threshold: int | None = None) -> str:
    """A published count; None is a small cell and reads "fewer than 5", never zero."""
    if count is None:
        least = threshold or settings.PACK.statistics.threshold
        return _("fewer than %(threshold)s") % {"threshold": number_format(least)}
    return number_format(count, force_grouping=True)


@dataclass(frozen=True)
class Clock:
    """How far a clock has run: `percent` 0 to 100, `tone` calm or warn, `text` for people."""

    percent: int
    tone: str
    text: str


@register.simple_tag
def clock(started: datetime, due: datetime, now: datetime | None = None) -> Clock:
    """`{% clock case.received_at case.due_at as c %}` for the component `ui/clock_bar.html`."""
    at = now or timezone.now()
    if at >= due:
        return Clock(100, "warn", _("%(time)s over") % {"time": short(at - due)})
    whole = (due - started) or timedelta(seconds=1)
    percent = max(0, min(100, int(100 * (at - started) / whole)))
    text = _("%(time)s left") % {"time": short(due - at)}
    return Clock(percent, "warn" if percent >= NEARLY else "calm", text)


@register.simple_tag
def quiet_title() -> str:
    """What the tab of a public page says: nothing of what the page is."""
    country_pack: Pack = settings.PACK
    return country_pack.quick_exit.title_in(get_language() or settings.LANGUAGE_CODE)


@register.simple_tag
def pack() -> Pack:
    """The country pack, for pages that must work without a context (400 and 500)."""
    country_pack: Pack = settings.PACK
    return country_pack
