# SPDX-License-Identifier: Apache-2.0
"""The partners' interface, as a partner's program sees it."""

import json
import uuid
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.audit.models import Entry
from hearthline.hub.directory import actions as directory
from hearthline.hub.directory.models import Organisation
from hearthline.hub.directory.tests.make import make_organisation
from hearthline.hub.reports.actions import come_back
from hearthline.hub.reports.api_pace import pace
from hearthline.hub.reports.models import PartnerAnswer, Report
from hearthline.hub.reports.sweeps import drop_answers
from hearthline.hub.reports.tests.make import ADDRESS, PICTURE, STORY

pytestmark = pytest.mark.django_db
BOTH = ("reports:write", "reports:read")


class Program:
    """A partner's program with its key."""

    def __init__(self, organisation: Organisation, key: str) -> None:
        self.organisation, self.key = organisation, key

    def ask(self, method: str, name: str, *args: Any, body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.key}", **headers}
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return Client().generic(
            method, reverse(name, args=args), "" if body is None else data,
            content_type=headers.pop("Content-Type", "application/json"),
            headers={k.replace("_", "-"): v for k, v in sent.items()},
        )  # fmt: skip

    def send(self, body: Any, **headers: str) -> Any:
        return self.ask("POST", "api_report", body=body, **headers)

    def batch(self, *reports: Any, **headers: str) -> Any:
        return self.ask("POST", "api_batch", body={"reports": list(reports)}, **headers)


def make_program(name: str = "Quay Hosting", scopes: tuple[str, ...] = BOTH) -> Program:
    at = timezone.now()
    ada = make_user(f"Ada{name[:1]}", Role.ADMINISTRATOR)
    one = make_organisation(by=ada, at=at, name=name)
    made = directory.make_key(organisation=one, name="tool", scopes=scopes, by=ada, at=at)
    return Program(one, made.text)


@pytest.fixture
def quay() -> Program:
    pace.forget()
    return make_program()


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem of a refusal, which is never a page and never sets a cookie."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not answer.cookies
    problem = answer.json()
    assert problem["type"] == f"urn:hearthline:problem:{code}"
    assert problem["status"] == status
    assert "Traceback" not in answer.content.decode()
    return problem


def test_a_report_is_received_with_its_partner_and_channel(quay: Program):
    answer = quay.send({"words": STORY, "kind": "grooming", "addresses": [ADDRESS]})
    assert answer.status_code == 201
    assert answer.json()["receipt"] is None
    assert not answer.cookies
    report = Report.objects.get(pk=answer.json()["id"])
    assert (report.channel, report.partner) == ("api", quay.organisation)
    assert report.data_key.wrapped_receipt is None
    assert Entry.objects.of_verb("reports.partner_sent").get().actor.startswith("partner:")


def test_a_receipt_comes_only_when_it_was_asked_for(quay: Program):
    receipt = quay.send({"words": STORY, "with_receipt": True}).json()["receipt"]
    assert come_back(receipt=receipt, at=timezone.now()).report.channel == "api"


def test_a_bad_item_never_loses_a_good_one(quay: Program):
    good = {"words": STORY}
    answer = quay.batch(
        good, {}, {"words": PICTURE}, {"kind": "no_such"}, "no object", {"wrods": "x"},
        {"words": "a\0b"}, {"words": STORY, "kind": "no_such"}, good,
    )  # fmt: skip
    assert answer.status_code == 200
    found = answer.json()
    assert (found["received"], found["refused"]) == (2, 7)
    assert [one["index"] for one in found["results"]] == list(range(9))
    codes = [one["problem"] and one["problem"]["type"].split(":")[-1] for one in found["results"]]
    assert codes == [
        None, "nothing_told", "file_content", "answer_refused", "shape", "shape", "shape",
        "answer_refused", None,
    ]  # fmt: skip
    assert found["results"][7]["problem"]["errors"] == [{"field": "kind", "code": "unknown"}]
    assert Report.objects.count() == 2
    assert PICTURE[30:60] not in answer.content.decode()


def test_a_thousand_are_the_most(quay: Program):
    refused(quay.batch(*[{}] * 1_001), 413, "too_many")
    assert quay.batch(*[{}] * 1_000).json()["refused"] == 1_000
    refused(quay.batch(), 422, "shape")


def test_a_report_that_is_refused_says_where_and_how(quay: Program):
    assert refused(quay.send({"words": 7}), 422, "shape")["errors"] == [
        {"field": "words", "code": "string_type"}
    ]
    refused(quay.send({"words": PICTURE}), 422, "file_content")
    refused(quay.send({"kind": "grooming"}), 422, "nothing_told")
    places = [f"https://chatter.example.org/u/{n}" for n in range(25)]
    words = " ".join(f"https://other.example.org/u/{n}" for n in range(25))
    told = refused(quay.send({"addresses": places, "words": words}), 422, "answer_refused")
    assert told["errors"] == [{"field": "addresses", "code": "too_many"}]
    assert not Report.objects.exists()


@pytest.mark.parametrize("body", [b" ", b"{", b"\xff\xfe", b'{"words": "\\ud800"}', b"[" * 5_000])
def test_what_is_no_json_is_refused(body: bytes, quay: Program):
    refused(quay.send(body), 400, "unreadable")
    refused(quay.ask("POST", "api_batch", body=body), 400, "unreadable")


def test_only_json_is_read_and_no_file_ever(quay: Program):
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "image/png",
        "multipart/form-data",
    ):
        answer = Client().generic(
            "POST", reverse("api_report"), b"x", content_type=kind,
            headers={"Authorization": f"Bearer {quay.key}"},
        )  # fmt: skip
        refused(answer, 415, "media_type")
    part = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x.png"\r\n\r\nx\r\n--b--\r\n'
    )
    upload = Client().generic(
        "POST", reverse("api_report"), part, content_type="multipart/form-data; boundary=b"
    )
    assert upload.status_code == 415
    assert upload["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_not_read(quay: Program):
    refused(quay.send(b'{"words": "' + b"x" * 300_000 + b'"}'), 413, "body_too_large")


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer nonsense", "Basic hlk_x", "Bearer \xe9"])
def test_without_a_key_in_force_nothing_opens(shown: str):
    for name, method in (("api_report", "POST"), ("api_codes", "GET")):
        headers = {"Authorization": shown} if shown else {}
        answer = Client().generic(method, reverse(name), headers=headers)
        refused(answer, 401, "key_refused")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_session_of_the_desk_opens_nothing_here():
    browser = Client()
    browser.force_login(make_user("Max", Role.ADMINISTRATOR))
    refused(browser.get(reverse("api_codes")), 401, "key_refused")


def test_a_key_does_what_its_scopes_say_and_no_more(quay: Program):
    reader = make_program("Lantern", scopes=("reports:read",))
    told = refused(reader.send({"words": STORY}), 403, "scope_missing")
    assert told["errors"] == [{"field": "scope", "code": "reports:write"}]
    writer = make_program("Harbour", scopes=("reports:write",))
    refused(writer.ask("GET", "api_status", uuid.uuid4()), 403, "scope_missing")


def test_its_own_report_shows_steps_and_nothing_it_says(quay: Program):
    number = quay.send({"words": STORY}).json()["id"]
    answer = quay.ask("GET", "api_status", number)
    assert [step["code"] for step in answer.json()["steps"]] == ["received"]
    assert STORY not in answer.content.decode()
    assert Entry.objects.of_verb("reports.partner_status").count() == 1
    refused(make_program("Lantern").ask("GET", "api_status", number), 404, "not_found")


def test_the_same_request_again_gets_the_same_answer(quay: Program):
    body = {"words": STORY, "with_receipt": True}
    first = quay.send(body, Idempotency_Key="order-1")
    again = quay.send(body, Idempotency_Key="order-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert Report.objects.count() == 1
    refused(quay.send({"words": "another"}, Idempotency_Key="order-1"), 422, "other_body")
    quay.send(body, Idempotency_Key="order-2")
    assert Report.objects.count() == 2


def test_a_refusal_is_answered_again_as_well(quay: Program):
    for _again in range(2):
        refused(quay.send({"kind": "grooming"}, Idempotency_Key="a"), 422, "nothing_told")


def test_a_batch_that_was_cut_off_goes_on_where_it_stopped(
    quay: Program, monkeypatch: pytest.MonkeyPatch
):
    reports = [{"words": f"{STORY} {n}"} for n in range(45)]
    sent = PartnerAnswer.save
    calls = []

    def breaks_once(row: PartnerAnswer, **options: Any) -> None:
        calls.append(row)
        if len(calls) == 2 + 1:  # made, first twenty, second twenty
            raise RuntimeError("the power went")
        sent(row, **options)

    monkeypatch.setattr(PartnerAnswer, "save", breaks_once)
    refused(quay.batch(*reports, Idempotency_Key="b"), 500, "unexpected")
    assert Report.objects.count() == 20
    answer = quay.batch(*reports, Idempotency_Key="b")
    assert answer.json()["received"] == 45
    assert Report.objects.count() == 45


def test_what_was_answered_is_sealed_and_forgotten_in_time(quay: Program):
    receipt = quay.send({"words": STORY, "with_receipt": True}, Idempotency_Key="k").json()
    kept = PartnerAnswer.objects.get()
    assert receipt["id"].encode() not in bytes(kept.results)
    assert drop_answers(holder="w", at=timezone.now()) == 0
    assert drop_answers(holder="w", at=kept.expires_at) == 1


@pytest.mark.parametrize("name", ["", "a b", "x" * 256])
def test_an_idempotency_key_is_visible_ascii(name: str, quay: Program):
    refused(quay.send({"words": STORY}, Idempotency_Key=name), 422, "idempotency_key")


def test_too_many_requests_with_one_key_wait_and_another_does_not(quay: Program, settings: Any):
    partners = live.PACK.partners.model_copy(update={"requests_per_minute": 3})
    settings.PACK = live.PACK.model_copy(update={"partners": partners})
    other = make_program("Lantern")
    answers = [quay.ask("GET", "api_codes") for _each in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused(answers[-1], 429, "too_often")
    assert 1 <= int(answers[-1]["Retry-After"]) <= 20
    assert other.ask("GET", "api_codes").status_code == 200


def test_no_address_of_a_sender_is_kept(quay: Program):
    Client().post(
        reverse("api_report"), json.dumps({"words": STORY}), content_type="application/json",
        headers={"Authorization": f"Bearer {quay.key}", "X-Forwarded-For": "198.51.100.77"},
        REMOTE_ADDR="198.51.100.77",
    )  # fmt: skip
    rows = [*Report.objects.values(), *Entry.objects.values(), *quay.organisation.keys.values()]
    assert len(rows) > 2
    assert "198.51.100.77" not in str(rows)


def test_refusals_before_the_interface_are_problems_too(quay: Program):
    here = reverse("api_openapi").removesuffix("openapi.json")
    refused(Client().get(f"{here}nothing/here"), 404, "not_found")
    refused(Client().get(here), 404, "not_found")
    wrong = refused(quay.ask("DELETE", "api_report"), 405, "method_not_allowed")
    assert "Traceback" not in str(wrong)
    assert quay.ask("DELETE", "api_report")["Allow"] == "POST"


def test_the_code_lists_are_the_ones_reports_are_checked_by(quay: Program):
    codes = quay.ask("GET", "api_codes").json()
    for kind in codes["kinds"]:
        assert quay.send({"words": STORY, "kind": kind["code"]}).status_code == 201
