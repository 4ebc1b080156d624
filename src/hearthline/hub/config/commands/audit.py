# SPDX-License-Identifier: Apache-2.0
"""hearthline audit: prove the audit log, or write it to a file that proves itself elsewhere.

Ends with 0 when the log is whole, 1 when anything was altered; the first altered entry is named.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from hearthline.hub.audit.verify import Report, export, verify, verify_export
from hearthline.kit.sealing import KeyRefused


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="hearthline audit", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    prove = acts.add_parser("verify", help="prove the log")
    prove.add_argument("--export", type=Path, help="prove this file and not the database")
    prove.add_argument(
        "--kept", type=Path, action="append", default=[], help="a checkpoint kept elsewhere"
    )
    prove.add_argument("--key", default=settings.AUDIT_PUBLIC_KEY, help="the log's public key")
    write = acts.add_parser("export", help="write the log to a new file")
    write.add_argument("file", type=Path)
    chosen = parser.parse_args(arguments)
    try:
        report = export(chosen.file) if chosen.act == "export" else _prove(chosen)
    except KeyRefused as error:
        sys.stderr.write(f"hearthline audit: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"hearthline audit: {error.filename}: {error.strerror}.\n")
        return 1
    (sys.stdout if report.ok else sys.stderr).write(report.sentence + "\n")
    return 0 if report.ok else 1


def _prove(chosen: argparse.Namespace) -> Report:
    kept = [path.read_text(encoding="utf-8") for path in chosen.kept]
    if chosen.export:
        return verify_export(chosen.export, chosen.key, kept)
    return verify(public_key_text=chosen.key, kept=kept)
