# SPDX-License-Identifier: Apache-2.0
"""hearthline matcher: serve known content's hashes, and keep keys and webhooks.

The state is one folder (--folder, or HEARTHLINE_MATCHER, or ./matcher).
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from hearthline.matcher import keys, webhooks
from hearthline.matcher.configuration import ConfigurationRefused
from hearthline.matcher.environment import FOLDER
from hearthline.matcher.keys import DEFAULT_RATE, KeyRefused, Keys, Scope
from hearthline.matcher.serving import NotStarted, serve
from hearthline.matcher.webhooks import HookRefused, Hooks


def main(arguments: Sequence[str]) -> int:
    """Runs the command; its exit code, 1 for a refusal."""
    chosen = _parser().parse_args(arguments)
    folder: Path = chosen.folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        match chosen.what:
            case "serve":
                serve(
                    folder,
                    host=chosen.host,
                    port=chosen.port,
                    workers=chosen.workers,
                    without_keys=chosen.without_keys,
                )
            case "key":
                _key(chosen, Keys(folder / keys.FILE))
            case "webhook":
                _webhook(chosen, Hooks(folder / webhooks.FILE))
    except (NotStarted, ConfigurationRefused, KeyRefused, HookRefused) as refused:
        return _failed(str(refused))
    except OSError as fault:
        return _failed(f"{fault.filename or folder}: {fault.strerror}")
    return 0


def _key(chosen: argparse.Namespace, kept: Keys) -> None:
    match chosen.do:
        case "add":
            scopes = {Scope(scope) for scope in chosen.scope}
            text = kept.make(chosen.name, scopes, at=datetime.now(UTC), rate=chosen.rate)
            _say(text)
            sys.stderr.write("Shown this once: keep it where secrets are kept.\n")
        case "list":
            for key in kept.all():
                _say(f"{key.name:24} {','.join(sorted(key.scopes)):36} {key.rate:g}/s")
        case "remove":
            kept.remove(chosen.name)


def _webhook(chosen: argparse.Namespace, kept: Hooks) -> None:
    match chosen.do:
        case "add":
            hook = kept.add(chosen.name, chosen.url, banks=chosen.bank, private=chosen.private)
            _say(hook.secret)
            sys.stderr.write("Shown this once: the receiver verifies messages with it.\n")
        case "list":
            for hook in kept.all():
                _say(f"{hook.name:24} {hook.url}  {','.join(hook.banks) or 'all banks'}")
        case "remove":
            kept.remove(chosen.name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hearthline matcher", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get(FOLDER, "matcher")))
    what = parser.add_subparsers(dest="what", required=True)

    serving = what.add_parser("serve", help="start the service")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serving.add_argument("--port", type=int, default=8010, help="port to listen on")
    serving.add_argument("--workers", type=int, default=2, help="server processes")
    serving.add_argument(
        "--without-keys", action="store_true", help="everybody may do everything; loopback only"
    )

    key = what.add_parser("key", help="make, list and remove API keys")
    doing = key.add_subparsers(dest="do", required=True)
    adding = doing.add_parser("add", help="make a key; it is shown once")
    adding.add_argument("name")
    adding.add_argument("--scope", action="append", required=True, choices=list(Scope))
    adding.add_argument("--rate", type=float, default=DEFAULT_RATE, help="calls a second")
    doing.add_parser("list", help="names, scopes and rates")
    doing.add_parser("remove", help="a key that opens nothing any more").add_argument("name")

    webhook = what.add_parser("webhook", help="whom to tell of matches")
    doing = webhook.add_subparsers(dest="do", required=True)
    adding = doing.add_parser("add", help="a receiver; its secret is shown once")
    adding.add_argument("name")
    adding.add_argument("url")
    adding.add_argument("--bank", action="append", default=[], help="only matches in this bank")
    adding.add_argument(
        "--private", action="store_true", help="the receiver is inside, not on a public address"
    )
    doing.add_parser("list", help="names and addresses")
    doing.add_parser("remove", help="tell it nothing more").add_argument("name")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _failed(text: str) -> int:
    sys.stderr.write(f"hearthline matcher: {text}\n")
    return 1
