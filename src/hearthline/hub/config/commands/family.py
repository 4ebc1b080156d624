# SPDX-License-Identifier: Apache-2.0
"""hearthline family: write the school and family set, which points devices to the nation's filter.

The file names the service, as docs/family-filter.md shows. No file of the set says what is blocked;
a site of an allow-list that stands on the block list is refused. The same call writes the same
bytes.
"""

import argparse
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override

from hearthline.hub.blocklists.models import Entry
from hearthline.kit.family import (
    FilterService,
    ListedInAllowed,
    Profile,
    ProfilesWrong,
    ServiceWrong,
    as_zip,
    family_set,
    read_profiles,
    write_folder,
)
from hearthline.kit.urls import canonicalise

_FIELDS = tuple(FilterService.__dataclass_fields__)


class _Refused(ValueError):
    """The set cannot be written; the text says what to change."""


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        service = _service(chosen.service)
        profiles = read_profiles(chosen.profiles) if chosen.profiles else read_profiles()
        for profile in profiles:
            _write(chosen, service, profile)
    except (_Refused, ServiceWrong, ProfilesWrong, ListedInAllowed) as refusal:
        sys.stderr.write(f"hearthline family: {refusal}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"hearthline family: {error.filename}: {error.strerror}.\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    languages = [code for code, _name in settings.LANGUAGES]
    parser = argparse.ArgumentParser(prog="hearthline family", description=__doc__)
    parser.add_argument("--service", type=Path, required=True, help="TOML file of the service")
    parser.add_argument("--profiles", type=Path, help="TOML file of age bands; ours if left out")
    parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE)
    parser.add_argument("--out", type=Path, required=True, help="folder, with one for each band")
    parser.add_argument("--zip", action="store_true", help="a ZIP file for each band instead")
    return parser


def _service(path: Path) -> FilterService:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _Refused(f"{path} is no TOML: {error}") from error
    wrong = sorted(told.keys() ^ set(_FIELDS))
    texts = [name for name in _FIELDS if name != "addresses"]
    addresses = told.get("addresses")
    if wrong:
        raise _Refused(f"{path} must have {', '.join(_FIELDS)}, and no others: see {wrong[0]}.")
    if not all(isinstance(told[name], str) for name in texts):
        raise _Refused(f"{path}: {', '.join(texts)} are texts in quotation marks.")
    if not isinstance(addresses, list) or not all(isinstance(each, str) for each in addresses):
        raise _Refused(f'{path}: addresses is a list of texts, such as ["192.0.2.53"].')
    return FilterService(**{**told, "addresses": tuple(addresses)})


def _write(chosen: argparse.Namespace, service: FilterService, profile: Profile) -> None:
    with override(chosen.language):
        files = family_set(service, profile, is_listed=_listed, translate=gettext)
    if chosen.zip:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / f"{profile.code}.zip").write_bytes(as_zip(files))
    else:
        write_folder(files, chosen.out / profile.code)
    sys.stdout.write(f"{profile.code}: {len(files)} files\n")


def _listed(address: str) -> bool:
    """Whether anything about the address's host is blocked now."""
    in_force = Entry.objects.blocking(canonicalise(address).host).in_force(timezone.now())
    return in_force.exists()
