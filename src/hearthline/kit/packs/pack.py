# SPDX-License-Identifier: Apache-2.0
"""The shape of a country pack. Field descriptions double as the remedy in error sentences."""

from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from hearthline.kit.packs.blocking import Blocking
from hearthline.kit.packs.notice import NoticeClocks
from hearthline.kit.packs.section import Days, Hours, Minutes, Section


class Country(Section):
    code: str = Field(pattern=r"^[A-Z]{2}$", description="two capital letters, as in ISO 3166-1")
    name: str = Field(min_length=1, description="the country's name as its people write it")
    fictional: bool = Field(default=False, description="true only for an invented country")
    timezone: str = Field(default="UTC", description="an IANA zone name such as Africa/Lagos")
    languages: list[str] = Field(
        min_length=1, description='languages offered to the public, such as ["en", "zh-hans"]'
    )
    service_name: str = Field(default="Hearthline", description="what the public calls the service")
    public_texts: Literal["draft", "checked", "reviewed"] = Field(
        default="checked",
        description="how far a translation must have come to be shown to the public",
    )

    @property
    def default_language(self) -> str:
        """The first language listed."""
        return self.languages[0]


class Child(Section):
    under: int = Field(ge=15, le=21, description="a child is a person under this age, e.g. 18")
    source: str = Field(min_length=1, description="the law that says so")


class PhoneNumber(Section):
    """A number the public may call. Shown as text and as a `tel:` link."""

    name: str = Field(min_length=1, description="who answers")
    number: str = Field(min_length=2, description="the number as people dial it")
    languages: list[str] = Field(default=[], description="languages spoken by those who answer")
    hours: str = Field(
        default="24/7", description='"24/7" or opening hours such as "Mo-Fr 09:00-17:00"'
    )
    free: bool = Field(default=False, description="true when the call costs nothing")
    under_age_only: bool = Field(default=False, description="true when it serves children only")
    website: str = Field(default="", description="an address, or leave it out")
    source: str = Field(min_length=1, description="where the number was published")
    verified_on: date = Field(description="the day somebody checked it, such as 2026-01-31")


class Emergency(Section):
    """Whom to call when life is in danger; `known = false` says it with no number."""

    known: bool = Field(description="true with a number, false when the pack has none to give")
    number: str = Field(default="", description="the emergency number as people dial it")
    source: str = Field(default="", description="where the number was published")
    verified_on: date | None = Field(default=None, description="the day somebody checked it")

    @model_validator(mode="after")
    def _a_known_number_is_whole(self) -> Self:
        if self.known and not (self.number and self.source and self.verified_on):
            raise ValueError("add number, source and verified_on, or say known = false")
        return self


class LegalBasis(Section):
    key: str = Field(pattern=r"^[a-z0-9_]+$", description="a short key, e.g. penal_code_210")
    label: str = Field(min_length=1, description="what the desk shows")
    outcomes: list[Literal["baseline", "national"]] = Field(
        min_length=1, description='findings it may carry: ["baseline", "national"]'
    )
    citation: str = Field(min_length=1, description="law and section")
    verified: bool = Field(description="true once counsel has checked it")
    allows_blocking: bool = Field(
        default=False, description="true when this law lets networks be told to block"
    )


class ReviewClocks(Section):
    """Minutes from receipt to the first look by a person, one per urgency level."""

    U0: Minutes
    U1: Minutes
    U2: Minutes
    U3: Minutes
    U4: Minutes

    def of(self, level: str) -> timedelta:
        return timedelta(minutes=int(getattr(self, level)))


class ComplaintClocks(Section):
    """Days we have for a complaint about ourselves, counted from the day it came."""

    acknowledge_days: Days = Field(default=3, description="days until a person has read it")
    answer_days: Days = Field(default=30, description="days until it is answered")


class AppealClocks(Section):
    """Days we have for an appeal against a notice, a block or a finding, from the day it came."""

    acknowledge_days: Days = Field(default=1, description="days until a person has read it")
    decide_days: Days = Field(default=7, description="days until it is decided")


class AbroadClocks(Section):
    """Hours a partner hotline abroad has, from the hand-over; asked about, never enforced."""

    receive_hours: Hours = Field(default=72, description="hours until it says it has it, e.g. 72")
    act_hours: Hours = Field(default=168, description="hours until it has acted, e.g. 168")
    recheck_hours: Hours = Field(
        default=24, description="hours between two looks at what was handed over, e.g. 24"
    )


class Calendar(Section):
    """The days on which offices are closed, by the date where the reader of a letter is."""

    weekend: list[Literal["mo", "tu", "we", "th", "fr", "sa", "su"]] = Field(
        default=[], max_length=6, description='days offices are closed, e.g. ["sa", "su"]'
    )
    holidays: list[date] = Field(
        default=[], description="public holidays as dates, such as 2026-12-25; renew them yearly"
    )


class Clocks(Section):
    claim_minutes: Minutes = Field(description="minutes an analyst's claim on a case lasts")
    first_review: ReviewClocks
    second_review_hours: Hours = Field(description="hours the second reviewer has")
    police_hours: Hours = Field(description="hours from confirmation to police having the package")
    police_hold_hours: Hours = Field(description="the longest hold police may ask for")
    notice: NoticeClocks
    complaint: ComplaintClocks = ComplaintClocks()
    appeal: AppealClocks = AppealClocks()
    abroad: AbroadClocks = AbroadClocks()
    reply_hours: Hours = Field(
        default=72, description="hours in which a reporter's letter is replied to, e.g. 72"
    )

    @property
    def second_review(self) -> timedelta:
        return timedelta(hours=self.second_review_hours)

    @property
    def reply(self) -> timedelta:
        return timedelta(hours=self.reply_hours)

    @property
    def police(self) -> timedelta:
        return timedelta(hours=self.police_hours)


class Retention(Section):
    draft_hours: Hours = Field(description="hours a half-finished form is kept")
    report_days: Days = Field(
        description="days a report's words and contact are kept after closing"
    )
    child_first_days: Days = Field(description="the same on the child-first track; shorter")
    evidence_days: Days = Field(description="days an exhibit is kept after closing")
    child_first_evidence_days: Days = Field(
        default=90, description="the same on the child-first track; shorter"
    )
    case_days: Days = Field(
        default=365,
        description="days the address, the judges' notes, packages and looks are kept after the "
        "last case about it was closed",
    )
    child_first_case_days: Days = Field(
        default=90, description="the same on the child-first track; shorter"
    )
    complaint_days: Days = Field(
        default=365, description="days a complaint's words are kept after its answer"
    )
    appeal_days: Days = Field(
        default=365, description="days an appeal's words are kept after its decision"
    )


class Statistics(Section):
    threshold: int = Field(ge=3, le=20, description="counts below this are never published, e.g. 5")
    final_after_days: Days = Field(
        default=90, description="days after a month's end from which its figures are final, e.g. 90"
    )


class SignIn(Section):
    """How staff show who they are. Everything has a default, so that older packs stay valid."""

    step_up_minutes: Minutes = Field(
        default=10, description="minutes a fresh second factor opens the gravest steps, e.g. 10"
    )
    idle_minutes: Minutes = Field(
        default=20, description="minutes without a request after which a session ends, e.g. 20"
    )
    session_hours: Hours = Field(
        default=8, description="hours after which a session ends in any case, e.g. 8"
    )
    attempts: int = Field(
        default=5, ge=3, le=50, description="wrong passwords or codes before a lock, e.g. 5"
    )
    lock_minutes: list[Minutes] = Field(
        default=[5, 15, 60],
        min_length=1,
        description="minutes of the first lock and of those after it, e.g. [5, 15, 60]",
    )


class Desk(Section):
    """How much of the queue one person may keep or take away."""

    saved_views: int = Field(
        default=20, ge=1, le=200, description="views of the queue one person may keep"
    )
    export_rows: int = Field(
        default=5_000, ge=1, le=50_000, description="rows a view may be taken away with at most"
    )
    export_hours: Hours = Field(
        default=24, description="hours an allowed file waits for the person who asked for it"
    )


class Drill(Section):
    """Exercises: where their letters go, and how long they are kept."""

    email: str = Field(
        default="",
        pattern=r"^([^@\s]+@[^@\s]+)?$",
        description="a mailbox of your own that plays police and hosts; leave it out and letters "
        "of an exercise are written and kept here",
    )
    keep_days: Days = Field(
        default=30, description="days an exercise is kept after closing, with its keys"
    )


class Agency(Section):
    """An agency or partner the directory is seeded with."""

    name: str = Field(min_length=1)
    kind: Literal["police", "host", "hotline", "helpline", "service", "regulator"]
    email: str = Field(default="", description="where mail reaches it, or leave it out")
    website: str = Field(default="")
    languages: list[str] = Field(default=[])
    hosts: list[str] = Field(default=[], description="for a host: domains it serves")
    age_recipient: str = Field(default="", description="for police: the unit's age public key")
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    source: str = Field(min_length=1)
    verified_on: date


class Duty(Section):
    """What the law of the country asks of one kind of work. Shown to who reports because of it."""

    profession: Literal["teacher", "health", "social_worker", "police", "moderator", "other"]
    text: dict[str, str] = Field(
        min_length=1, description='the duty in plain words by language, such as {en = "…"}'
    )
    source: str = Field(min_length=1, description="law and section")
    verified: bool = Field(description="true once counsel has checked it")


class Partners(Section):
    """What a partner's program may do at the interface (docs/api.md)."""

    requests_per_minute: int = Field(
        default=120, ge=1, le=6_000, description="requests one key may make in a minute, e.g. 120"
    )
    key_days: Days = Field(default=365, description="days a partner's key works, e.g. 365")
    answers_hours: int = Field(
        default=48, ge=24, le=24 * 30,
        description="hours an answer is kept for the same Idempotency-Key, 24 or more",
    )  # fmt: skip


class Flood(Section):
    """What the public door takes in its stride. Above it reports are held apart, never refused.

    Counts are for each server process, in its memory only. A network is one IPv4 address, behind
    which a whole school or telephone company may sit, or one IPv6 /56.
    """

    network_reports: int = Field(
        default=60, ge=30, le=10_000, description="reports one network may send at once, e.g. 60"
    )
    network_minutes: Minutes = Field(
        default=10, description="minutes until a network may send as many again, e.g. 10"
    )
    process_reports: int = Field(
        default=300, ge=30, le=100_000, description="reports one server process takes at once"
    )
    process_minutes: Minutes = Field(
        default=10, description="minutes until a process takes as many again, e.g. 10"
    )
    network_guesses: int = Field(
        default=30, ge=10, le=1_000, description="unknown receipts one network may try at once"
    )
    network_guess_seconds: int = Field(
        default=10, ge=1, le=60, description="seconds until it may try one more, e.g. 10"
    )
    process_guesses: int = Field(
        default=120, ge=10, le=10_000, description="unknown receipts one process takes at once"
    )
    process_guess_seconds: int = Field(
        default=1, ge=1, le=60, description="seconds until it takes one more, e.g. 1"
    )
    urgent_per_hour: int = Field(
        default=6, ge=1, le=60, description="urgent held reports shown under Urgent in an hour"
    )


class Care(Section):
    """When people who look at hard things are asked to rest. Proposals, to be agreed with them."""

    break_after_looks: int = Field(
        default=15, ge=3, le=200, description="looks at something hard that call for a break"
    )
    break_window_minutes: Minutes = Field(
        default=60, description="minutes within which they are counted, e.g. 60"
    )
    break_minutes: Minutes = Field(default=10, description="minutes a break lasts, e.g. 10")
    hard_day_looks: int = Field(
        default=20, ge=3, le=500, description="looks that make a day a hard one, e.g. 20"
    )
    rotate_after_days: int = Field(
        default=8, ge=2, le=14, description="hard days of the last fourteen that call for a change"
    )
    rotation_days: Days = Field(default=7, description="days of other work, e.g. 7")
    hard_kinds: list[str] = Field(
        default=[], description="codes of incident types that are hard; empty means all of them"
    )
    cover_at_least: int = Field(
        default=2, ge=1, le=20, description="people who must take a kind of work, e.g. 2"
    )
    keep_days: Days = Field(default=30, description="days the times of past breaks are kept")
    support: list[PhoneNumber] = Field(
        default=[], description="lines that listen to the staff, outside their own managers"
    )


# What a weather page calls itself, so that an open tab says nothing.
_QUIET_TITLES = {
    "en": "Weather",
    "zh-hans": "天气",
    "ar": "الطقس",
    "es": "El tiempo",
    "fr": "Météo",
    "ru": "Погода",
}


class QuickExit(Section):
    url: str = Field(
        pattern=r"^https?://", description="a harmless page to leave to, such as a weather page"
    )
    title: str | dict[str, str] = Field(
        default_factory=lambda: dict(_QUIET_TITLES),
        min_length=1,
        description='the neutral title of public pages, or one by language, as {en = "Weather"}',
    )

    def title_in(self, language: str) -> str:
        """The title in a language, else in English, else in any."""
        if isinstance(self.title, str):
            return self.title
        return self.title.get(language) or self.title.get("en") or next(iter(self.title.values()))


class Pack(Section):
    """One country's policy. Every clock is a promise the software keeps count of."""

    country: Country
    child: Child
    emergency: Emergency
    quick_exit: QuickExit
    calendar: Calendar = Calendar()
    clocks: Clocks
    retention: Retention
    statistics: Statistics
    desk: Desk = Desk()
    drill: Drill = Drill()
    sign_in: SignIn = SignIn()
    partners: Partners = Partners()
    duties: list[Duty] = []
    flood: Flood = Flood()
    care: Care = Care()
    blocking: Blocking = Blocking()
    helplines: list[PhoneNumber] = []
    # For people who worry about what they do or think themselves; shown on the stop page, apart
    # from the lines for children.
    prevention: list[PhoneNumber] = []
    legal_bases: list[LegalBasis] = []
    agencies: list[Agency] = []

    def legal_bases_for(self, outcome: str) -> list[LegalBasis]:
        return [basis for basis in self.legal_bases if outcome in basis.outcomes]
