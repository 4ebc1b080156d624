# SPDX-License-Identifier: Apache-2.0
"""The worker's name on its leases."""

from hearthline.hub.config.commands.worker import new_holder
from hearthline.hub.mail.models import Letter


def test_no_two_workers_share_a_name_though_host_and_process_are_the_same() -> None:
    assert new_holder() != new_holder()


def test_the_name_fits_its_column() -> None:
    assert len(new_holder()) <= Letter._meta.get_field("lease_by").max_length
