# SPDX-License-Identifier: Apache-2.0
"""The `hearthline` command: find the command named, hand it the rest, return its exit code."""

import importlib
import os
import sys
from pathlib import Path

COMMANDS_OF = "hearthline.hub.config.commands"
ENGINE = "hearthline.commands"

# name: (module, what it does, whether Django is started before the module is imported)
COMMANDS = {
    "audit": (f"{COMMANDS_OF}.audit", "verify or export the audit log", True),
    "backup": (f"{COMMANDS_OF}.backup", "save the database and its keys, apart", True),
    "bank": (f"{ENGINE}.bank", "keep banks of known hashes", False),
    "blocklist": (f"{ENGINE}.blocklist", "hand the DNS block list to resolvers", False),
    "demo": ("hearthline.hub.demo.command", "run a fictional country on this machine", False),
    "doctor": (f"{COMMANDS_OF}.doctor", "look whether all is well, and say what to do", True),
    "exchange": ("hearthline.matcher.exchanges.command", "fetch hash lists others share", False),
    "family": (f"{COMMANDS_OF}.family", "write the set for schools and families", True),
    "hash": (f"{ENGINE}.hash", "hash pictures, videos and files", False),
    "keys": (f"{COMMANDS_OF}.keys", "make, change and split the keys", False),
    "match": (f"{ENGINE}.match", "look hashes up in banks", False),
    "matcher": ("hearthline.matcher.command", "serve matching with known content", False),
    "restore": (f"{COMMANDS_OF}.restore", "bring a backup back and prove it", False),
    "scan": (f"{ENGINE}.scan", "look up all files of a folder or bucket", False),
    "serve": (f"{COMMANDS_OF}.serve", "serve a door: public, desk, partners, or all", True),
    "setup": (f"{COMMANDS_OF}.setup", "prepare database, pages and directory", True),
    "staff": (f"{COMMANDS_OF}.staff", "enrol the first administrator", True),
    "worker": (f"{COMMANDS_OF}.worker", "do the timed work", True),
}
# Where a command lives: what must be installed for it, and by which extra.
EXTRAS = {
    ENGINE: ("engine", "engine"),
    "hearthline.matcher": ("matching service", "matcher"),
    "hearthline.hub": ("site", "hub"),
}


def main() -> None:
    """Entry point; exits with the command's code, 2 for a call that cannot be understood."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_usage())
        raise SystemExit(0 if arguments else 2)
    name, rest = arguments[0], arguments[1:]
    if name not in COMMANDS:
        print(f"hearthline: there is no command {name!r}.\n\n{_usage()}", file=sys.stderr)
        raise SystemExit(2)
    try:
        _read_environment_file()
        # Imported by name because a plain install has the library without the site, and because
        # a command that uses the ledgers can be imported only once Django has started.
        module, _, needs_django = COMMANDS[name]
        if needs_django:
            importlib.import_module("hearthline.hub.config.start").start_django(name)
        command = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "hearthline":
            raise
        what, extra = next(EXTRAS[wing] for wing in EXTRAS if module.startswith(wing))
        print(
            f"hearthline {name}: {error.name} is not installed. "
            f"Install the {what} as well: pip install 'hearthline[{extra}]'.",
            file=sys.stderr,
        )
        raise SystemExit(1) from None
    except ValueError as error:
        # A pack or a variable that cannot be used says so in its own sentence.
        print(f"hearthline {name}: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    raise SystemExit(command.main(rest))


def _usage() -> str:
    lines = [f"  {name:9} {what}" for name, (_, what, _) in COMMANDS.items()]
    return "usage: hearthline COMMAND …\n\n" + "\n".join(lines)


def _read_environment_file() -> None:
    """Take NAME=value lines from the file HEARTHLINE_ENV names; the environment itself wins."""
    path = os.environ.get("HEARTHLINE_ENV")
    if not path:
        return
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ValueError(
            f"HEARTHLINE_ENV names {path}, which cannot be read: {error.strerror}."
        ) from None
    for line in lines:
        name, sign, value = line.strip().partition("=")
        if sign and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


if __name__ == "__main__":
    main()
