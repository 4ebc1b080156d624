# SPDX-License-Identifier: Apache-2.0
import pytest
from django.conf import settings

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Entry
from hearthline.hub.directory.actions import retire, seed_from_pack
from hearthline.hub.directory.models import Contact, Domain, Organisation

pytestmark = pytest.mark.django_db


def test_the_packs_agencies_and_helplines_are_entered(now) -> None:
    new = seed_from_pack(pack=settings.PACK, by=None, at=now)
    assert new == len(settings.PACK.agencies) + len(settings.PACK.helplines)
    host = Organisation.objects.host_of("pics.harbour-host.test")
    assert host.contact("email").value == "abuse@harbour-host.test"
    assert host.contact("email").scope == Contact.Scope.ABUSE
    unit = Organisation.objects.police_units().get()
    assert unit.contact("email").scope == Contact.Scope.DUTY
    line = Organisation.objects.helplines().get(under_age_only=True)
    assert (line.contact("phone").value, line.hours, line.free) == ("555-0111", "24/7", True)
    assert Entry.objects.filter(verb="directory.seed", actor="operator:console").count() == new


def test_seeding_twice_adds_nothing(now) -> None:
    seed_from_pack(pack=settings.PACK, by=None, at=now)
    before = (Organisation.objects.count(), Contact.objects.count(), Domain.objects.count())
    assert seed_from_pack(pack=settings.PACK, by=None, at=now) == 0
    assert before == (
        Organisation.objects.count(),
        Contact.objects.count(),
        Domain.objects.count(),
    )


def test_what_staff_retired_does_not_come_back(mara, now) -> None:
    seed_from_pack(pack=settings.PACK, by=None, at=now)
    retire(organisation=Organisation.objects.get(name="Lantern Networks"), reason="closed", by=mara,
           at=now)  # fmt: skip
    seed_from_pack(pack=settings.PACK, by=mara, at=now)
    assert not Organisation.objects.current().filter(name="Lantern Networks").exists()


def test_an_analyst_does_not_seed(ana, now) -> None:
    with pytest.raises(NotAllowed):
        seed_from_pack(pack=settings.PACK, by=ana, at=now)
