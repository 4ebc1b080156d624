# SPDX-License-Identifier: Apache-2.0
"""The people and the police unit of a small world, and no past: run inside the world's environment.

Runs by itself: `python tests/resilience/cast.py`.
"""

from django.utils import timezone

from hearthline.hub.config.start import start_django

start_django()

# The ledgers can be imported only once Django has started, as in a command.
from django.conf import settings  # noqa: E402

from hearthline.hub.accounts.actions import enrol  # noqa: E402
from hearthline.hub.demo.cast import CAST  # noqa: E402
from hearthline.hub.directory.actions import join, set_age_recipient  # noqa: E402
from hearthline.hub.directory.models import Organisation  # noqa: E402

at = timezone.now()
people = {
    person.key: enrol(
        email=person.email, name=person.name, password="", roles=[person.role], by=None, at=at
    )
    for person in CAST
}
unit = Organisation.objects.police_units().get()
recipient = (settings.HOME / "police-unit.pub").read_text(encoding="utf-8").strip()
set_age_recipient(organisation=unit, recipient=recipient, by=None, at=at)
join(user=people["paulo"], organisation=unit, by=None, at=at)
