# SPDX-License-Identifier: Apache-2.0
"""hearthline blocklist: hand the DNS block list to resolvers, and check what was handed out.

It reads the folder the site's worker writes versions into. docs/dns-blocking.md has the
configuration of each resolver.
"""

import argparse
import base64
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from types import FrameType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hearthline.kit.blocking import check_manifest
from hearthline.kit.blocking.manifest import ManifestRefused, OutputWrong, RolledBack
from hearthline.kit.dns import VersionBroken, tsig, versions
from hearthline.kit.dns.answering import Access, Answers, Network
from hearthline.kit.dns.editions import Editions, WentBack
from hearthline.kit.dns.notifying import Notifier, Target
from hearthline.kit.dns.primary import Primary
from hearthline.kit.dns.tsig import Key, KeyRefused
from hearthline.kit.dns.updating import Feeder, Server, UpdateRefused
from hearthline.kit.formats import rpz
from hearthline.kit.formats.refused import FormatRefused

_LOOK, _LOOK_AGAIN = 0.5, 5.0  # seconds between feeds, and after one that failed
_LOOPBACK = ("127.0.0.0/8", "::1/128")
_TARGET = re.compile(r"(?P<address>[0-9a-fA-F.:]+)(@(?P<port>\d{1,5}))?(#(?P<key>\S+))?")


class CallRefused(ValueError):
    """The call cannot be done as it stands; the message says what to change."""


def main(arguments: Sequence[str]) -> int:
    """Runs the command; its exit code, 1 for a refusal, 2 for a call that makes no sense."""
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.act(chosen)
        return code
    except CallRefused as refusal:
        return _refused(chosen, str(refusal), 2)
    except (
        FormatRefused,
        KeyRefused,
        ManifestRefused,
        VersionBroken,
        WentBack,
        UpdateRefused,
    ) as refusal:
        return _refused(chosen, str(refusal), 1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _refused(chosen, f"{where}{error.strerror or type(error).__name__}.", 1)


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="hearthline blocklist",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    acts = made.add_subparsers(dest="name", required=True, metavar="ACT")
    serve = acts.add_parser("serve-dns", help="serve the list to resolvers by zone transfer")
    serve.set_defaults(act=_serve)
    _add_zone(serve)
    serve.add_argument("--key-file", type=Path, required=True, help="TSIG keys, one of each ISP")
    serve.add_argument("--listen", default="127.0.0.1@53", metavar="ADDRESS@PORT")
    _add_networks(serve)
    serve.add_argument(
        "--notify",
        action="append",
        default=[],
        metavar="ADDRESS[@PORT][#KEY]",
        help="who is told of a new version, signed with the key named; may be repeated",
    )
    serve.add_argument(
        "--state", type=Path, help="where the serial served last is kept (FOLDER/served.json)"
    )
    file = acts.add_parser("zone-file", help="write the newest version as a zone file")
    file.set_defaults(act=_zone_file)
    _add_zone(file)
    file.add_argument(
        "--soa-serial", type=int, metavar="N", help="for a primary that counts by itself"
    )
    feed = acts.add_parser("feed-knot", help="keep a Knot DNS up to date by dynamic update")
    feed.set_defaults(act=_feed_knot)
    _add_zone(feed)
    feed.add_argument("--key-file", type=Path, required=True, help="the TSIG key Knot knows")
    feed.add_argument("--server", required=True, metavar="ADDRESS[@PORT]#KEY")
    feed.add_argument("--once", action="store_true", help="bring it up to date and end")
    key = acts.add_parser("new-key", help="print a new TSIG key, as both ends read it")
    key.set_defaults(act=_new_key)
    key.add_argument("key", metavar="NAME", help="as isp.example")
    check = acts.add_parser("check-manifest", help="check signature, serial and files of a version")
    check.set_defaults(act=_check_manifest)
    check.add_argument("manifest", type=Path, metavar="MANIFEST")
    check.add_argument("files", type=Path, nargs="*", metavar="FILE", help="outputs it names")
    check.add_argument("--public-key", required=True, metavar="BASE64", help="of the list")
    check.add_argument("--last-serial", type=int, default=0, help="what is in use now")
    return made


def _add_zone(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--folder", type=Path, required=True, help="where versions are written")
    sub.add_argument("--zone", required=True, help="name of the zone, as block.example")
    sub.add_argument("--canary", required=True, help="a name of yours that is always in the zone")
    sub.add_argument(
        "--stop-address",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="of the stop page, IPv4 or IPv6; may be repeated; without any, NXDOMAIN is answered",
    )
    sub.add_argument("--primary", default="localhost", metavar="NAME", help="of this server")
    sub.add_argument("--contact", default="hostmaster@localhost", metavar="E-MAIL")
    sub.add_argument("--ttl", type=int, default=60, help="seconds an answer may be kept (60)")


def _add_networks(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="NETWORK",
        help="who may ask, with a key; may be repeated; by default this machine alone",
    )
    sub.add_argument(
        "--keyless",
        action="append",
        default=[],
        metavar="NETWORK",
        help="who may ask without a key: resolvers that cannot sign, inside a tunnel",
    )


def _serve(chosen: argparse.Namespace) -> int:
    policy = _policy(chosen)
    keys = tsig.read_keys(chosen.key_file)
    allowed = [*_networks(chosen.allow or _LOOPBACK)]
    access = Access(keys, allowed, _networks(chosen.keyless))
    listen = _target(chosen.listen, {})
    _need_folder(chosen)
    editions = Editions(chosen.folder, policy, chosen.state or chosen.folder / "served.json")
    answers = Answers(policy.zone, lambda: editions.current, access, time.time)
    targets = [_target(each, keys) for each in chosen.notify]
    notifier = Notifier(policy.zone, targets, time.time, _tell, source=listen.address)
    primary = Primary(
        editions, answers, notifier, address=(listen.address, listen.port), tell=_tell
    )
    with primary, _stopped() as over:
        _tell(f"{policy.zone} is served on {listen.address}@{primary.port}.")
        over.wait()
    return 0


def _feed_knot(chosen: argparse.Namespace) -> int:
    policy = _policy(chosen)
    target = _target(chosen.server, tsig.read_keys(chosen.key_file))
    if target.key is None:
        raise CallRefused("--server needs a key: ADDRESS@PORT#KEY.")
    _need_folder(chosen)
    feeder = Feeder(policy, Server(target.address, target.port, target.key), time.time)
    told = ""
    with _stopped() as over:
        while not over.is_set():
            try:
                version = feeder.feed(chosen.folder)
                if version is not None:
                    _tell(f"{target} has serial {version.serial}, {version.names} names.")
                told = ""
            except (UpdateRefused, VersionBroken, OSError) as fault:
                if chosen.once:
                    raise
                if str(fault) != told:
                    told = str(fault)
                    _tell(f"{target}: {fault}")
            if chosen.once:
                break
            over.wait(_LOOK if not told else _LOOK_AGAIN)
    return 0


@contextmanager
def _stopped() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set: to be stopped is the ordinary end of a service."""
    over = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        over.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield over
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _need_folder(chosen: argparse.Namespace) -> None:
    if not chosen.folder.is_dir():
        raise CallRefused(f"{chosen.folder} is no folder; the site's worker writes versions there.")


def _zone_file(chosen: argparse.Namespace) -> int:
    policy = _policy(chosen)
    version = versions.newest(chosen.folder)
    if version is None:
        raise CallRefused(f"{chosen.folder} holds no version yet.")
    names = rpz.in_order(
        versions.names_of(versions.read_names(chosen.folder, version)), canary=policy.canary
    )
    for part in rpz.lines(names, policy, version.serial, soa_serial=chosen.soa_serial):
        sys.stdout.write(part.decode())
    return 0


def _new_key(chosen: argparse.Namespace) -> int:
    sys.stdout.write(tsig.new_key(chosen.key).text())
    return 0


def _check_manifest(chosen: argparse.Namespace) -> int:
    try:
        raw = base64.b64decode(chosen.public_key, validate=True)
        public = Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise CallRefused("--public-key is the Base64 of 32 bytes; copy the whole line.") from None
    try:
        found = check_manifest(chosen.manifest.read_bytes(), public, chosen.last_serial)
    except RolledBack as refusal:
        return _refused(chosen, f"{refusal}; keep what you have.", 1)
    for path in chosen.files:
        try:
            found.check_output(path.name, path.read_bytes())
        except OutputWrong:
            return _refused(chosen, f"{path} is not the {path.name} of version {found.serial}.", 1)
    sys.stdout.write(f"version {found.serial} of {found.made_at}: {found.entries} entries.\n")
    return 0


def _policy(chosen: argparse.Namespace) -> rpz.Policy:
    return rpz.policy(
        zone=chosen.zone,
        canary=chosen.canary,
        stop_addresses=chosen.stop_address,
        primary=chosen.primary,
        contact=chosen.contact,
        ttl=chosen.ttl,
    )


def _networks(texts: Sequence[str]) -> list[Network]:
    try:
        return [ip_network(text) for text in texts]
    except ValueError as fault:
        raise CallRefused(f"{fault}; write networks as 192.0.2.0/24 or 192.0.2.7.") from None


def _target(text: str, keys: Mapping[str, Key]) -> Target:
    found = _TARGET.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        address = str(ip_address(found["address"]))
    except ValueError:
        raise CallRefused(f"{text!r} is no ADDRESS, ADDRESS@PORT or ADDRESS@PORT#KEY.") from None
    port = int(found["port"] or 53)
    if port > 65535:
        raise CallRefused(f"{text!r}: ports end at 65535.")
    name = (found["key"] or "").lower().rstrip(".")
    if name and name not in keys:
        raise CallRefused(f"{text!r}: the key file has no key {name}.")
    return Target(address, port, keys.get(name))


def _refused(chosen: argparse.Namespace, text: str, code: int) -> int:
    sys.stderr.write(f"hearthline blocklist {chosen.name}: {text}\n")
    return code


def _tell(text: str) -> None:
    sys.stderr.write(f"hearthline blocklist: {text}\n")
    sys.stderr.flush()
