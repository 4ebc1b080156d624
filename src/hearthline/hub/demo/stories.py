# SPDX-License-Identifier: Apache-2.0
"""What people in Solmere reported: invented, harmless, in six languages.

Nothing here is drawn by chance at run time: the same world comes out every time, only its dates
follow the calendar.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

WORDS = {
    "en": "I came across this page and it worries me. Please have a look.",
    "zh-hans": "我看到这个网页,觉得不放心。请你们看一看。",
    "ar": "رأيت هذه الصفحة وأقلقتني. أرجو أن تنظروا فيها.",
    "es": "Encontré esta página y me preocupa. Por favor, mírenla.",
    "fr": "Je suis tombé sur cette page et elle m'inquiète. Merci de regarder.",
    "ru": "Я увидел эту страницу, и она меня тревожит. Пожалуйста, посмотрите.",
}
LANGUAGES = ("en", "zh-hans", "en", "es", "en", "zh-hans", "ar", "fr", "en", "ru")
AUDIENCES = ("public", "public", "child", "public", "professional")
# What is reported, the facts stated with it, and what two people find; weights by repetition.
KINDS = (
    ("csam_url", ("hosting",), "baseline"),
    ("csam_url", ("hosting", "recent"), "baseline"),
    ("cyberbullying", (), "harmful"),
    ("csam_url", ("known_content",), "national"),
    ("unwanted_sexual", ("contact_now",), "harmful"),
    ("csam_url", (), "not_illegal"),
    ("extortion_money", ("threat_deadline",), "national"),
    ("fraud", (), "out_of_remit"),
    ("csam_url", ("hosting",), "baseline"),
    ("ncii_peer", ("image_spreading",), "national"),
    ("privacy", ("advice_only",), "harmful"),
    ("csam_url", (), "not_accessible"),
    ("hate_violence", (), "not_illegal"),
    ("grooming", ("contact_now", "child_identifiable"), "national"),
    ("csam_url", ("hosting", "unseen_content"), "baseline"),
    ("impersonation", (), "out_of_remit"),
    ("self_harm", ("self_harm_risk",), "harmful"),
)
# What waits at the desk when a visitor comes.
FRESH = (
    ("extortion_money", ("threat_deadline", "contact_now"), "national"),
    ("csam_url", ("hosting",), "baseline"),
    ("csam_url", ("recent", "child_identifiable"), "baseline"),
    ("cyberbullying", (), "harmful"),
    ("grooming", ("meeting_planned",), "national"),
    ("csam_url", (), "baseline"),
    ("privacy", ("advice_only",), "harmful"),
    ("self_generated", ("image_spreading",), "national"),
    ("unwanted_sexual", (), "harmful"),
    ("csam_url", ("known_content",), "national"),
    ("fraud", (), "out_of_remit"),
    ("hate_violence", (), "not_illegal"),
)
AGES = ("unknown", "13_15", "9_12", "unknown", "16_17", "13_15", "under_9", "unknown")
SEXES = ("unknown", "female", "male", "unknown", "female", "female", "male", "unknown")


@dataclass(frozen=True)
class Story:
    """One report and what becomes of it."""

    number: int
    at: datetime
    language: str
    audience: str
    kind: str
    facts: tuple[str, ...]
    age_band: str
    sex: str
    page: str
    host: str
    outcome: str
    # How long the host takes to remove it; None if it never does.
    removed_after: timedelta | None

    @property
    def words(self) -> str:
        return WORDS[self.language]


def stories(start: datetime, end: datetime, count: int) -> list[Story]:
    """`count` stories spread over the days from `start` to `end`."""
    gap = (end - start) / count
    return [
        _story(number, start + gap * number, KINDS[number * 7 % len(KINDS)])
        for number in range(count)
    ]


def fresh(now: datetime) -> list[Story]:
    """The stories of the last hours, the newest a few minutes old."""
    return [
        _story(1000 + number, now - timedelta(minutes=4 + 31 * number), kind)
        for number, kind in reversed(list(enumerate(FRESH)))
    ]


def _story(number: int, at: datetime, told: tuple[str, tuple[str, ...], str]) -> Story:
    kind, facts, outcome = told
    # Every ninth story names a page that was named before, as happens in life.
    page = number - 5 if number % 9 == 8 else number
    hours = (9, 20, 30, 52, 80)[number % 5]
    return Story(
        number=number,
        at=at,
        language=LANGUAGES[number % len(LANGUAGES)],
        audience=AUDIENCES[number * 3 % len(AUDIENCES)],
        kind=kind,
        facts=facts,
        age_band=AGES[number * 5 % len(AGES)],
        sex=SEXES[number * 3 % len(SEXES)],
        page=f"story-{page}",
        host=("harbour-host.test", "harbour-host.test", "lantern.test")[page % 3],
        outcome=outcome,
        removed_after=None if number % 11 == 10 else timedelta(hours=hours),
    )
