# SPDX-License-Identifier: Apache-2.0
"""What the ledgers and the inbox hold after everything, read from outside the programs."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass

import dj_database_url
import psycopg

from hearthline.hub.demo.sink import Inbox, Received
from hearthline.hub.demo.world import World
from hearthline.hub.mail.actions import REPEAT_HEADER

# What is still to be done once every case was confirmed; all are 0 when nothing is stuck.
UNFINISHED = {
    "reports not taken up": "reports_report WHERE taken_at IS NULL",
    "cases not cleared": (
        "cases_case WHERE confirmed_at IS NOT NULL AND notice_cleared_at IS NULL"
    ),
    "referrals not with police": "referrals_referral WHERE with_police_at IS NULL",
    "notices not sent": "notices_notice WHERE sent_at IS NULL",
    "letters not sent": "mail_letter WHERE state <> 'sent'",
    "cases without a notice": (
        "cases_case WHERE confirmed_at IS NOT NULL "
        "AND id NOT IN (SELECT case_id FROM notices_notice)"
    ),
}


@dataclass(frozen=True)
class Ledgers:
    """Read-only questions to the world's database."""

    world: World

    def rows(self, query: str) -> list[tuple[object, ...]]:
        if self.world.database:
            with psycopg.connect(connection_string(self.world.database)) as there:
                return there.execute(query.encode()).fetchall()
        path = self.world.folder / "hearthline.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()

    def count(self, table: str) -> int:
        return int(str(self.rows(f"SELECT count(*) FROM {table}")[0][0]))  # noqa: S608

    def unfinished(self) -> dict[str, int]:
        """What is not done yet, by name; empty when everything has come to its end."""
        found = {name: self.count(rows) for name, rows in UNFINISHED.items()}
        return {name: count for name, count in found.items() if count}

    def per_case(self, table: str) -> Counter[str]:
        """How many rows each case has, by its number in hexadecimal."""
        numbers = (str(row[0]) for row in self.rows(f"SELECT case_id FROM {table}"))  # noqa: S608
        return Counter(number.replace("-", "") for number in numbers)

    def message_ids(self) -> list[str]:
        return [str(row[0]) for row in self.rows("SELECT message_id FROM mail_letter")]


def connection_string(url: str) -> str:
    """What libpq understands, for the address that Django was given."""
    said = dj_database_url.parse(url)
    return psycopg.conninfo.make_conninfo(
        host=said["HOST"], user=said["USER"], password=said["PASSWORD"], dbname=said["NAME"]
    )


@dataclass(frozen=True)
class Arrived:
    """The letters that came, oldest first."""

    letters: tuple[Received, ...]

    @classmethod
    def at(cls, world: World) -> "Arrived":
        return cls(tuple(reversed(Inbox(world.inbox).letters())))

    def unmarked(self) -> Counter[str]:
        """How many copies of each letter came without the mark of a possible second copy."""
        return Counter(
            str(one.message["Message-ID"]).strip()
            for one in self.letters
            if one.message[REPEAT_HEADER] is None
        )

    def message_ids(self) -> set[str]:
        return {str(one.message["Message-ID"]).strip() for one in self.letters}

    def marked(self) -> int:
        return sum(one.message[REPEAT_HEADER] is not None for one in self.letters)

    def place_of(self, text: str) -> int:
        """The place of the first letter that has `text` in its subject or in a part of it."""
        return next(n for n, one in enumerate(self.letters) if text in _plain(one))


def _plain(letter: Received) -> str:
    parts = [part.get_payload(decode=True) for part in letter.message.walk()]
    words = [part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes)]
    return "\n".join([str(letter.message["Subject"]), *words])
