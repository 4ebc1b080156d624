# SPDX-License-Identifier: Apache-2.0
import pytest
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import clear_for_notice
from hearthline.hub.directory.tests.make import make_organisation
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.models import Check, Notice
from hearthline.hub.notices.sweeps import check_availability, open_notices
from hearthline.hub.notices.tests.conftest import ADDRESS
from hearthline.hub.notices.tests.make import make_cleared, make_confirmed, web_host
from hearthline.kit.urls import Observation, Verdict

pytestmark = pytest.mark.django_db


def page(user, name, *args, query=""):
    return signed_in(user).get(reverse(name, args=args) + query).content.decode()


@pytest.fixture
def homeless(host, ana, ben, now) -> Notice:
    """A notice whose host nobody knows."""
    make_cleared("https://unknown.example.org/a", ana=ana, ben=ben, at=now)
    open_notices(holder="w1", at=now)
    return Notice.objects.get(host__isnull=True)


def test_the_list_shows_state_host_and_clock_and_no_address(ana, notice):
    shown = page(ana, "notices")
    for words in (notice.reference, "Harbour Hosting", "Sent", "over"):
        assert words in shown
    assert "album" not in shown


def test_lanes_hold_what_they_say(ana, notice):
    assert notice.reference in page(ana, "notices", query="?lane=late")
    assert "Nothing removed yet" in page(ana, "notices", query="?lane=gone")
    assert "Every host is known" in page(ana, "notices", query="?lane=find_host")
    assert "Nobody is late" in page(ana, "notices", query="?lane=escalated")
    assert notice.reference in page(ana, "notices", query="?lane=nonsense")


def test_an_empty_list_says_something_true(ana):
    assert "Hosts never hear before them." in page(ana, "notices")


def test_cases_without_an_address_stand_for_a_person(ana, ben, now):
    case = make_confirmed("", ana=ana, ben=ben, at=now)
    clear_for_notice(case=case, at=now, actor=Actor.worker())
    shown = page(ana, "notices")
    assert "No notice goes out by itself" in shown
    assert case.reference in shown


def test_one_notice_shows_its_address_defanged_and_reading_is_audited(ana, notice):
    shown = page(ana, "notice", notice.pk)
    assert "hxxp://pages[.]harbour-host[.]test/album/7" in shown
    assert ADDRESS not in shown
    entries = Entry.objects.filter(verb="cases.subject_address", actor=f"staff:{ana.pk}")
    assert entries.count() == 1


def test_one_notice_shows_letters_with_their_repeat_mark(ana, notice):
    Letter.objects.update(marked_repeat=True)
    shown = page(ana, "notice", notice.pk)
    assert "abuse@harbour-host.test" in shown
    assert "Possible second copy" in shown


def test_an_answer_is_recorded_with_what_comes_next(ana, notice):
    client = signed_in(ana)
    answer = client.post(
        reverse("notice_answer", args=[notice.pk]),
        {"code": "refused", "refusal": "order_required", "note": "By telephone."},
        follow=True,
    )
    shown = answer.content.decode()
    for words in ("The answer is recorded.", "They refuse", "By telephone.", "for an order"):
        assert words in shown


def test_an_answer_needs_a_choice_and_loses_nothing(ana, notice):
    answer = signed_in(ana).post(
        reverse("notice_answer", args=[notice.pk]), {"note": "They called."}
    )
    shown = answer.content.decode()
    assert "Choose what the host said." in shown
    assert "They called." in shown


def test_an_answer_to_what_is_over_is_told_kindly(ana, notice):
    Notice.objects.update(state=Notice.State.REMOVED)
    answer = signed_in(ana).post(
        reverse("notice_answer", args=[notice.pk]), {"code": "acknowledged"}, follow=True
    )
    assert "This notice is over." in answer.content.decode()


def test_a_person_finds_the_host(ana, homeless, host):
    assert "Find the host" in page(ana, "notices")
    url = reverse("notice_host", args=[homeless.pk])
    answer = signed_in(ana).post(url, {"host": host.pk}, follow=True)
    assert "next round" in answer.content.decode()
    again = signed_in(ana).post(url, {"host": host.pk}, follow=True)
    assert "has a host already" in again.content.decode()


def test_a_host_without_a_mailbox_is_explained(ana, homeless, ada, now):
    silent = make_organisation(by=ada, at=now, name="Silent Hosting")
    answer = signed_in(ana).post(reverse("notice_host", args=[homeless.pk]), {"host": silent.pk})
    assert "no e-mail address in the directory" in answer.content.decode()


def test_the_host_must_be_chosen(ana, homeless):
    answer = signed_in(ana).post(reverse("notice_host", args=[homeless.pk]), {})
    assert "Choose the host." in answer.content.decode()


def test_the_facts_of_a_check_are_opened_with_audit(ana, notice, settings, now):
    with web_host(settings) as site:
        settings.PROBE_HOSTS = {}
        check_availability(
            holder="w1",
            at=now,
            probe=lambda url, **_: Observation(site.address(), Verdict.UNCLEAR, "onion", ()),
        )
    check = Check.objects.get()
    assert "Unclear" in page(ana, "notice", notice.pk)
    shown = page(ana, "notice_check", notice.pk, check.pk)
    assert "No request was made." in shown
    assert Entry.objects.filter(verb="notices.open_check").count() == 1


def test_who_may_see_and_who_may_not(notice, homeless, mara, stella, client):
    manager = signed_in(mara)
    assert manager.get(reverse("notice", args=[notice.pk])).status_code == 200
    assert manager.post(reverse("notice_answer", args=[notice.pk])).status_code == 403
    assert manager.post(reverse("notice_host", args=[notice.pk])).status_code == 403
    assert signed_in(stella).get(reverse("notices")).status_code == 403
    assert client.get(reverse("notices")).status_code == 302
