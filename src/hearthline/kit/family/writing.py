# SPDX-License-Identifier: Apache-2.0
"""The whole set for a school or a family: what to install, and how, device by device.

Every file points to the nation's own resolver or asks it. None says what is blocked: a list on
paper or on a home server would be a directory of what nobody should find.
"""

from __future__ import annotations

import io
import plistlib
import tomllib
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias, TypedDict

from hearthline.kit.family.extension import extension
from hearthline.kit.family.profiles import Profile
from hearthline.kit.family.service import FilterService

Translate: TypeAlias = Callable[[str], str]


class _Text(TypedDict):
    file: str
    title: str
    steps: list[str]


_TEXTS: Final = Path(__file__).parent / "texts.toml"
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP file can name

UNSIGNED: Final = (
    "Sends the device's DNS questions to this filter, encrypted. This profile is not signed."
)
_ASK_NETWORK: Final = "Asks browsers and phones to use this network's resolver."

# Names by which a network tells devices that it filters: Mozilla's canary for DNS over HTTPS, and
# Apple's two for Private Relay. Their makers document them for this purpose.
NETWORK_SIGNALS: Final = ("mask-h2.icloud.com", "mask.icloud.com", "use-application-dns.net")


class ListedInAllowed(ValueError):
    """A site that a profile allows is on the block list; the message does not say which."""


def family_set(
    service: FilterService,
    profile: Profile,
    *,
    is_listed: Callable[[str], bool],
    translate: Translate = str,
) -> dict[str, bytes]:
    """The files of the set, by their path in it. The same arguments always make the same bytes.

    ``is_listed`` answers for an address; a profile that allows a listed site raises
    ``ListedInAllowed``, because its name would stand here in plain text. ``translate`` is given
    each English string, with its placeholders.
    """
    if any(is_listed(f"https://{name}/") for name in profile.allow):
        raise ListedInAllowed("take the listed sites off the allow-list of this profile")
    files = _texts(service, translate)
    files["apple/family-filter.mobileconfig"] = mobileconfig(service, translate=translate)
    files["home-server/adguard-rules.txt"] = adguard_rules(translate=translate)
    for name, content in extension(service, profile).items():
        files[f"extension/{name}"] = content
    return dict(sorted(files.items()))


def mobileconfig(service: FilterService, *, translate: Translate = str) -> bytes:
    """An unsigned profile for Apple devices: DNS over HTTPS by this resolver.

    Source: Apple, Device Management, ``com.apple.dnsSettings.managed``. Identifiers are made from
    the resolver's name, so that a new profile replaces the one before.
    """
    identifier = ".".join(reversed(service.resolver.split("."))) + ".family-filter"
    dns = {
        "PayloadType": "com.apple.dnsSettings.managed",
        "PayloadIdentifier": identifier + ".dns",
        "PayloadUUID": _uuid(identifier + ".dns"),
        "PayloadVersion": 1,
        "PayloadDisplayName": service.name,
        "DNSSettings": {
            "DNSProtocol": "HTTPS",
            "ServerURL": service.doh_url,
            "ServerAddresses": list(service.addresses),
        },
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadIdentifier": identifier,
        "PayloadUUID": _uuid(identifier),
        "PayloadVersion": 1,
        "PayloadDisplayName": service.name,
        "PayloadDescription": translate(UNSIGNED),
        "PayloadRemovalDisallowed": False,
        "PayloadContent": [dns],
    }
    return plistlib.dumps(profile, sort_keys=True)


def adguard_rules(*, translate: Translate = str) -> bytes:
    """Rules for AdGuard Home that keep devices from passing the network's resolver by."""
    rules = [f"! {translate(_ASK_NETWORK)}"]
    rules += [f"||{name}^$dnsrewrite=NXDOMAIN" for name in NETWORK_SIGNALS]
    return "".join(f"{rule}\n" for rule in rules).encode()


def write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the set below ``folder``, which is made when it is not there."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """The set as a ZIP file: sorted, without times, uncompressed, so equal sets are equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return made.getvalue()


def source_strings() -> Iterator[str]:
    """Every English string that goes through ``translate``."""
    yield UNSIGNED
    yield _ASK_NETWORK
    for text in _document():
        yield text["title"]
        yield from text["steps"]


def _texts(service: FilterService, translate: Translate) -> dict[str, bytes]:
    said = {
        "name": service.name,
        "resolver": service.resolver,
        "doh_url": service.doh_url,
        "addresses": ", ".join(service.addresses),
        "canary": service.canary,
    }
    files = {}
    for text in _document():
        lines = [translate(text["title"]).format_map(said), ""]
        for number, step in enumerate(text["steps"], start=1):
            lines.append(f"{number}. {translate(step).format_map(said)}")
        files[text["file"]] = "".join(f"{line}\n" for line in lines).encode()
    return files


def _document() -> list[_Text]:
    texts: list[_Text] = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))["text"]
    return texts


def _uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name)).upper()
