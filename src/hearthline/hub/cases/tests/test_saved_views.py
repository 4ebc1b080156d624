# SPDX-License-Identifier: Apache-2.0
"""The queue narrowed, kept under a name, shared by a manager."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import Place
from hearthline.hub.cases.models import Case, Narrowing, SavedView
from hearthline.hub.cases.tests.make import make_case

pytestmark = pytest.mark.django_db

GROOMING = Place(lane="new", sort="age", narrowing=Narrowing(kind="grooming"))


@pytest.fixture
def now():
    """Pages go by the real clock."""
    return timezone.now()


def keep(by, at, name="Grooming", place=GROOMING, *, shared=False):
    return actions.save_view(name=name, shared=shared, place=place, by=by, at=at)


@pytest.mark.parametrize(
    "narrowing",
    [
        Narrowing(level="U2"),
        Narrowing(kind="grooming"),
        Narrowing(language="fr"),
        Narrowing(state="in_assessment"),
        Narrowing(hands="held"),
        Narrowing(older=3),
        Narrowing(host="other"),
        Narrowing(since="yesterday"),
    ],
)
def test_a_queue_is_narrowed(narrowing, ana, now):
    old = now - timedelta(days=5)
    plain = make_case(at=old if narrowing.since else now)
    wanted = make_case(
        at=old if narrowing.older else now, addresses="https://other.example.org/1", kind="grooming"
    )
    Case.objects.filter(pk=wanted.pk).update(language="fr", level="U2")
    Case.objects.filter(pk=plain.pk).update(level="U3")
    if narrowing.hands or narrowing.state:
        actions.claim(case=wanted, by=ana, at=now)
    if narrowing.host:
        narrowing = Narrowing(host=actions.host_digest("Other.example.org"))
    if narrowing.since:
        narrowing = Narrowing(since=(now - timedelta(days=1)).date().isoformat())

    assert list(Case.objects.narrowed(narrowing, now)) == [wanted]


def test_the_form_turns_a_host_into_its_digest(ana, now):
    make_case(at=now)
    browser = signed_in(ana)

    sent = browser.post(
        reverse("queue_narrow"), {"lane": "new", "named_host": "pictures.example.org", "older": ""}
    )

    assert "example.org" not in sent.url
    page = browser.get(sent.url).content.decode()
    assert "pictures[.]example[.]org" in page
    assert "Show the whole lane" in page


def test_an_address_with_nonsense_narrows_nothing(ana, now):
    case = make_case(at=now)
    nonsense = {
        "lane": "new", "level": "U9", "state": "x", "kind": "<b>", "language": "../", "hands": "?",
        "older": "x", "since": "soon", "host": "zz",
    }  # fmt: skip

    assert str(case.pk) in signed_in(ana).get(reverse("queue"), nonsense).content.decode()


def test_a_day_that_is_none_is_told(ana):
    page = signed_in(ana).post(reverse("queue_narrow"), {"since": "soon"}, follow=True)

    assert "Write a day such as 2026-10-05." in page.content.decode()


def test_a_view_stands_among_the_lanes_and_opens_as_it_was_kept(ana, ben, now):
    make_case(at=now)
    wanted = make_case(at=now, addresses="https://b.example.org/2", kind="grooming")
    browser = signed_in(ana)

    new = f"{reverse('view_new')}?lane=new&kind=grooming&sort=age"
    page = browser.post(new, {"name": "Grooming first"}, follow=True).content.decode()

    assert '<h1><span dir="auto">Grooming first</span></h1>' in page
    assert page.count("data-row") == 1
    assert str(wanted.pk) in page
    kept = SavedView.objects.get()
    assert (kept.owner, kept.sort, kept.narrowing) == (ana, "age", {"kind": "grooming"})
    assert "Grooming first" not in signed_in(ben).get(reverse("queue")).content.decode()
    assert signed_in(ben).get(reverse("queue"), {"view": kept.pk}).status_code == 404


def test_a_manager_shares_a_view_with_the_team(mara, ana, now):
    keep(mara, now, "The night", shared=True)

    assert "The night" in signed_in(ana).get(reverse("queue")).content.decode()
    with pytest.raises(NotAllowed):
        keep(ana, now, "Mine", shared=True)


def test_only_its_owner_changes_a_view(ana, ben, now):
    view = keep(ana, now)

    actions.change_view(view=view, name="Renamed", shared=False, by=ana, at=now)
    with pytest.raises(NotAllowed):
        actions.change_view(view=view, name="Other", shared=False, by=ben, at=now)
    with pytest.raises(NotAllowed):
        actions.change_view(view=view, name="Renamed", shared=True, by=ana, at=now)
    with pytest.raises(NotAllowed):
        actions.delete_view(view=view, by=ben, at=now)

    view.refresh_from_db()
    assert (view.name, view.shared) == ("Renamed", False)
    assert signed_in(ben).get(reverse("view_change", args=[view.pk])).status_code == 404


def test_a_manager_may_delete_what_is_shared(mara, now):
    view = keep(mara, now, shared=True)

    actions.delete_view(view=view, by=mara, at=now)

    assert not SavedView.objects.exists()
    assert Entry.objects.filter(verb="cases.delete_view").count() == 1


def test_a_name_is_taken_once_and_the_pack_sets_the_limit(ana, ben, now, settings):
    keep(ana, now)
    with pytest.raises(actions.NameTaken):
        keep(ana, now)
    keep(ben, now)

    desk = settings.PACK.desk.model_copy(update={"saved_views": 1})
    settings.PACK = settings.PACK.model_copy(update={"desk": desk})
    with pytest.raises(actions.TooManyViews):
        keep(ana, now, "Another")


def test_the_pages_rename_and_delete(ana, now):
    view = keep(ana, now)
    browser = signed_in(ana)

    assert "Grooming" in browser.get(reverse("views")).content.decode()
    change = reverse("view_change", args=[view.pk])
    assert browser.get(change).status_code == 200
    assert browser.post(change, {"name": " "}).status_code == 422
    browser.post(change, {"name": "Later"})
    view.refresh_from_db()
    assert view.name == "Later"
    browser.post(reverse("view_delete", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_others_keep_no_views(stella, omar):
    for person in (stella, omar):
        assert signed_in(person).get(reverse("views")).status_code == 403
        assert signed_in(person).post(reverse("view_new"), {"name": "x"}).status_code == 403
