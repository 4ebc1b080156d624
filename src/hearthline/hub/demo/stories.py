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
    """`count` stories spread over the days from `start` to `end`, mostly in daytime."""
    gap = (end - start) / count
    return [_story(number, start + gap * number) for number in range(count)]


def _story(number: int, at: datetime) -> Story:
    kind, facts, outcome = KINDS[number * 7 % len(KINDS)]
    # Every ninth story names a page that was named before, as happens in life.
    page = number - 5 if number % 9 == 8 else number
    hours = (9, 20, 30, 52, 80)[number % 5]
    return Story(
        number=number,
        at=at + timedelta(minutes=37 * number % 113),
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
