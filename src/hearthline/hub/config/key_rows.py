# SPDX-License-Identifier: Apache-2.0
"""The acts of `hearthline keys` that read the ledger of data keys."""

import argparse
import sys

from django.conf import settings

from hearthline.hub.config import key_file
from hearthline.hub.config.key_file import DESK_PRIVATE
from hearthline.hub.sealing import actions
from hearthline.hub.sealing.models import DataKey
from hearthline.kit.sealing import KeyRefused, desk_key_id


def status(chosen: argparse.Namespace) -> int:
    """Say how many rows hang on which key. 1 when some hang on a key that nobody here holds."""
    try:
        ring, current = actions.desk_ring().ids, desk_key_id(actions.current_key())
    except (KeyRefused, actions.KeyMissing) as error:
        return _refuse(str(error))
    counted = DataKey.objects.counted_by_desk_key()
    for key_id in dict.fromkeys([current, *ring, *filter(None, counted)]):
        word = "current" if key_id == current else "older" if key_id in ring else "NOT ON THE RING"
        sys.stdout.write(f"{key_id}  {counted.get(key_id, 0):>9} rows  {word}\n")
    if counted.get(None):
        sys.stdout.write(f"unnamed   {counted[None]:>9} rows  the first key\n")
    lost = set(filter(None, counted)) - set(ring)
    return 1 if lost or current not in ring else 0


def rewrap(chosen: argparse.Namespace) -> int:
    """Wrap every row to the current key, a batch a transaction."""
    done = 0
    try:
        while batch := actions.rewrap(limit=max(1, chosen.batch)):
            done += batch
    except (KeyRefused, actions.KeyMissing) as error:
        return _refuse(str(error))
    sys.stdout.write(f"{done} rows were wrapped to the current desk key.\n")
    return 0


def retire(chosen: argparse.Namespace) -> int:
    """Take a key off the ring, once nothing hangs on it."""
    try:
        ring, current = actions.desk_ring().ids, desk_key_id(actions.current_key())
    except (KeyRefused, actions.KeyMissing) as error:
        return _refuse(str(error))
    if chosen.key not in ring:
        return _refuse(f"desk key {chosen.key} is not on the ring, which holds {', '.join(ring)}.")
    if chosen.key == current:
        return _refuse(f"desk key {chosen.key} is the current one. Rotate and switch first.")
    counted = DataKey.objects.counted_by_desk_key()
    hanging = counted.get(chosen.key, 0) + counted.get(None, 0)
    if hanging:
        return _refuse(
            f"{hanging} rows may still hang on desk key {chosen.key}. Run `hearthline keys "
            "rewrap`, then retire it."
        )
    keys = zip(ring, settings.DESK_PRIVATE_KEY.split(), strict=True)
    left = " ".join(text for key_id, text in keys if key_id != chosen.key)
    if chosen.file is not None and DESK_PRIVATE in key_file.values(chosen.file):
        try:
            key_file.change(chosen.file, {DESK_PRIVATE: left})
        except key_file.AnotherFile as error:
            return _refuse(str(error))
    else:
        sys.stdout.write(f"Set this where your keys are kept:\n{DESK_PRIVATE}={left}\n")
    sys.stdout.write(
        f"Desk key {chosen.key} is off the ring. Start the desk and the worker again. Keep its "
        "share backup as long as you keep a backup whose keys file was made before the rewrap.\n"
    )
    return 0


def _refuse(why: str) -> int:
    sys.stderr.write(f"hearthline keys: {why}\n")
    return 1
