# SPDX-License-Identifier: Apache-2.0
"""`matcher.toml`: what an operator sets. Everything has a default; a missing file is no fault.

allow_hosts = ["media.example.org"]   # addresses may be given at these hosts and below them
largest_file = 67108864               # bytes of one file or call
largest_batch = 10000                 # hashes of one call
most_pixels = 64000000                # of one picture
hashing_threads = 1                   # pictures decoded at once, in each worker
waiting = 64                          # pictures that may wait for their turn, in each worker
seconds = 30                          # for one call
body_seconds = 30                     # for its body to arrive
memory = 536870912                    # bytes of bodies held at once, in each worker
keep_matches_days = 30                # what webhooks point to
public_url = "https://matcher.example.org"   # what links in webhooks begin with
"""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FILE = "matcher.toml"

Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]


class ConfigurationRefused(ValueError):
    """The file cannot be used; the text names the setting."""


class Configuration(BaseModel):
    """The settings of the service, as above."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allow_hosts: tuple[Host, ...] = ()
    largest_file: int = Field(default=64 * 1024 * 1024, ge=1024, le=4 * 1024**3)
    largest_batch: int = Field(default=10_000, ge=1, le=1_000_000)
    most_pixels: int = Field(default=64_000_000, ge=1_000_000, le=1_000_000_000)
    hashing_threads: int = Field(default=1, ge=1, le=256)
    waiting: int = Field(default=64, ge=0, le=100_000)
    seconds: float = Field(default=30.0, ge=0.1, le=3600)
    body_seconds: float = Field(default=30.0, ge=0.1, le=3600)
    memory: int = Field(default=512 * 1024 * 1024, ge=1024 * 1024)
    keep_matches_days: int = Field(default=30, ge=1, le=3650)
    public_url: str = Field(default="", pattern=r"^(https?://[^\s/?#]+)?$")


def read_configuration(path: Path) -> Configuration:
    """The settings in a file, or the defaults where there is none. Raises ConfigurationRefused."""
    try:
        return Configuration.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Configuration()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ConfigurationRefused(f"{path}: cannot be read: {fault}") from None
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigurationRefused(f"{path}: {name}: {first['msg']}") from None
