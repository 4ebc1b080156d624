# SPDX-License-Identifier: Apache-2.0
"""hearthline staff: enrol the first two people, who let in everybody else at the desk.

A role that reads cases takes two: an administrator gives it, and another administrator or the
manager confirms it. Both are enrolled here, at the server.
"""

import argparse
import getpass
import sys
from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from hearthline.hub.accounts.actions import AlreadyStaff, enrol
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import PERMISSIONS, Permission, Role


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="hearthline staff", description=__doc__)
    parser.add_argument("email")
    parser.add_argument("name")
    parser.add_argument("--role", choices=Role.values, default=Role.ADMINISTRATOR.value)
    chosen = parser.parse_args(arguments)
    password = getpass.getpass("Password (at least 12 characters): ")
    try:
        validate_password(password)
        enrol(
            email=chosen.email,
            name=chosen.name,
            password=password,
            roles=[chosen.role],
            by=None,
            at=timezone.now(),
        )
    except ValidationError as error:
        sys.stderr.write(" ".join(error.messages) + "\n")
        return 1
    except AlreadyStaff:
        sys.stderr.write(f"{chosen.email} is already enrolled. Nothing was changed.\n")
        return 1
    sys.stdout.write(
        f"{chosen.name} is enrolled. At the first sign-in a second factor must be set up.\n"
    )
    if _who_may_confirm() < 2:
        sys.stdout.write(
            "Roles that read cases take two people: one gives them, another confirms. Enrol a "
            "second\nadministrator, or the hotline manager, here too:\n"
            "  hearthline staff EMAIL NAME --role hotline_manager\n"
        )
    return 0


def _who_may_confirm() -> int:
    """How many people can be the second of two."""
    roles = [
        role for role, held in PERMISSIONS.items() if Permission.ACCOUNTS_GRANT_CONFIRM in held
    ]
    now = timezone.now()
    return len({one.pk for role in roles for one in User.objects.holding(role, now)})
