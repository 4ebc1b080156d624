# SPDX-License-Identifier: Apache-2.0
"""`exchanges.toml`: which lists are fetched, from where, into which bank.

    [[exchange]]
    name = "regional"                  # names its state folder
    kind = "ncmec"                     # file, threat_exchange, ncmec or stop_ncii
    bank = "regional-list"
    every_minutes = 60
    url = "https://hashes.example.org/hashsharing"
    username = "hotline"
    password = { env = "REGIONAL_PASSWORD" }   # or { file = "/run/secrets/regional" }
    members = ["42"]                   # only these members' entries; all if left out

Addresses come from the organisation that shares the list, with its agreement; none is built in.
Credentials are never in this file.
"""

import base64
import ssl
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from hearthline.matcher.exchanges.client import Client, origin_of
from hearthline.matcher.exchanges.connection import Limits
from hearthline.matcher.exchanges.credentials import Credential, Secret
from hearthline.matcher.exchanges.feed import Exchange
from hearthline.matcher.exchanges.files import File
from hearthline.matcher.exchanges.ncmec import BEGINNING, Ncmec
from hearthline.matcher.exchanges.stop_ncii import StopNcii
from hearthline.matcher.exchanges.threat_exchange import ThreatExchange


class ConfigurationRefused(ValueError):
    """The file cannot be used. The text names file, exchange, key and remedy, and repeats no
    value, because somebody may have put a credential there."""


def _address(url: str) -> str:
    origin_of(url)
    return url


Address = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
BankName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a client needs besides its settings: all of it has a plain default."""

    limits: Limits = field(default_factory=Limits)
    sleep: Callable[[float], None] = time.sleep
    environment: Mapping[str, str] | None = None
    folder: Path = field(default_factory=Path)


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: Name
    bank: BankName
    every_minutes: int = Field(default=60, ge=1, le=60 * 24 * 30)
    enabled: bool = True
    most_removed: float = Field(default=0.5, ge=0, le=1)
    """Share of a whole list that may vanish from it in one fetch."""


class _Remote(_Settings):
    url: Address
    ca_file: Path | None = None
    """A private certificate authority (PEM) to trust besides the system's."""

    def client(
        self,
        around: Surroundings,
        headers: Mapping[str, str | Secret],
        secret_query: Mapping[str, Secret] | None = None,
    ) -> Client:
        roots = _roots(around.folder / self.ca_file) if self.ca_file else None
        return Client(
            self.url,
            headers=headers,
            secret_query=secret_query,
            limits=around.limits,
            sleep=around.sleep,
            roots=roots,
        )


class FileSettings(_Settings):
    kind: Literal["file"]
    path: Path
    format: Literal["csv", "json", "vics"]

    def exchange(self, around: Surroundings) -> Exchange:
        return File(around.folder / self.path, self.format)


class ThreatExchangeSettings(_Remote):
    kind: Literal["threat_exchange"]
    group: Identifier
    token: Credential

    def exchange(self, around: Surroundings) -> Exchange:
        token = self.token.read(around.environment, around.folder)
        return ThreatExchange(self.client(around, {}, {"access_token": token}), self.group)


class NcmecSettings(_Remote):
    kind: Literal["ncmec"]
    username: Identifier
    password: Credential
    members: frozenset[Identifier] = frozenset()
    begin: date = BEGINNING.date()

    def exchange(self, around: Surroundings) -> Exchange:
        pair = f"{self.username}:{self.password.read(around.environment, around.folder).reveal()}"
        basic = Secret("Basic " + base64.b64encode(pair.encode()).decode("ascii"))
        begin = datetime(self.begin.year, self.begin.month, self.begin.day, tzinfo=UTC)
        client = self.client(around, {"Authorization": basic})
        return Ncmec(client, members=self.members, begin=begin)


class StopNciiSettings(_Remote):
    kind: Literal["stop_ncii"]
    function_key: Credential
    subscription_key: Credential

    def exchange(self, around: Surroundings) -> Exchange:
        headers = {
            "x-functions-key": self.function_key.read(around.environment, around.folder),
            "Ocp-Apim-Subscription-Key": self.subscription_key.read(
                around.environment, around.folder
            ),
        }
        return StopNcii(self.client(around, headers))


Settings = Annotated[
    FileSettings | ThreatExchangeSettings | NcmecSettings | StopNciiSettings,
    Field(discriminator="kind"),
]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    exchange: tuple[Settings, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """The exchanges of one service. `folder` is where paths in the file are read from."""

    exchanges: tuple[Settings, ...]
    folder: Path

    def named(self, name: str) -> Settings:
        """The exchange called `name`. Raises `KeyError`."""
        for settings in self.exchanges:
            if settings.name == name:
                return settings
        raise KeyError(name)


def read_configuration(path: Path) -> Configuration:
    """What `path` says. Raises `ConfigurationRefused` for the first thing that is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationRefused(f"{path}: cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationRefused(f"{path.name}: not readable as TOML ({error}).") from None
    try:
        exchanges = _Document.model_validate(data).exchange
    except ValidationError as error:
        raise _refused(path.name, data, error.errors(include_input=False)[0]) from None
    names = [settings.name for settings in exchanges]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationRefused(
                f"{path.name}: exchange {name!r}: two exchanges have this name; change one."
            )
    return Configuration(exchanges, path.parent)


def _refused(file: str, data: dict[str, object], error: ErrorDetails) -> ConfigurationRefused:
    """`loc` reads exchange, its number, its kind, then the key."""
    loc = list(error["loc"])
    where = f"{file}: "
    if len(loc) > 1 and isinstance(loc[1], int):
        where += f"exchange {_called(data, loc[1])}: "
    keys = [str(part) for part in loc[3:]] if len(loc) > 1 else [str(part) for part in loc]
    where += f"{'.'.join(keys)}: " if keys else ""
    match error["type"]:
        case "extra_forbidden":
            remedy = "is not a key this version knows; remove it or correct its spelling"
        case "missing":
            remedy = "is missing; add it"
        case "union_tag_not_found" | "union_tag_invalid":
            remedy = "`kind` must be file, threat_exchange, ncmec or stop_ncii"
        case "value_error":
            remedy = error["msg"].removeprefix("Value error, ")
        case "model_type" | "model_attributes_type":
            remedy = 'must say where it is found: { env = "NAME" } or { file = "path" }'
        case _:
            remedy = error["msg"][:1].lower() + error["msg"][1:]
    return ConfigurationRefused(f"{where}{remedy}.")


def _called(data: dict[str, object], number: int) -> str:
    entries = data.get("exchange")
    entry = entries[number] if isinstance(entries, list) and number < len(entries) else None
    name = entry.get("name") if isinstance(entry, dict) else None
    return repr(name) if isinstance(name, str) else f"number {number + 1}"


def _roots(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii")
        ssl.create_default_context().load_verify_locations(cadata=text)
    except (OSError, ValueError, ssl.SSLError):
        raise ConfigurationRefused(f"ca_file {path} holds no certificate in PEM.") from None
    return text
