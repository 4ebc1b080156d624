# SPDX-License-Identifier: Apache-2.0
"""The desk's pages: the queue, the case, and every form of casework."""

from django.urls import path

from hearthline.hub.cases.desk.case import case, case_claim, case_release, case_urgency
from hearthline.hub.cases.desk.closing import (
    case_agree_to_close,
    case_ask_to_close,
    case_keep_open,
)
from hearthline.hub.cases.desk.exhibits import case_exhibit, exhibit_open
from hearthline.hub.cases.desk.judging import case_assess, case_confirm, case_decide
from hearthline.hub.cases.desk.queue import queue
from hearthline.hub.cases.desk.reporters import (
    case_disclosure,
    case_message,
    disclosure_decide,
    disclosure_open,
)

_CASE = "cases/<uuid:pk>"
_REPORT = f"{_CASE}/reports/<uuid:report>"
_DISCLOSURE = f"{_CASE}/disclosures/<uuid:disclosure>"

urlpatterns = [
    path("", queue, name="queue"),
    path(f"{_CASE}/", case, name="case"),
    path(f"{_CASE}/claim/", case_claim, name="case_claim"),
    path(f"{_CASE}/release/", case_release, name="case_release"),
    path(f"{_CASE}/urgency/", case_urgency, name="case_urgency"),
    path(f"{_CASE}/assess/", case_assess, name="case_assess"),
    path(f"{_CASE}/confirm/", case_confirm, name="case_confirm"),
    path(f"{_CASE}/decide/", case_decide, name="case_decide"),
    path(f"{_CASE}/closing/", case_ask_to_close, name="case_ask_to_close"),
    path(f"{_CASE}/closing/agree/", case_agree_to_close, name="case_agree_to_close"),
    path(f"{_CASE}/closing/keep-open/", case_keep_open, name="case_keep_open"),
    path(f"{_CASE}/exhibits/", case_exhibit, name="case_exhibit"),
    path(f"{_CASE}/exhibits/<uuid:exhibit>/", exhibit_open, name="exhibit_open"),
    path(f"{_REPORT}/message/", case_message, name="case_message"),
    path(f"{_REPORT}/disclosure/", case_disclosure, name="case_disclosure"),
    path(f"{_DISCLOSURE}/decide/", disclosure_decide, name="disclosure_decide"),
    path(f"{_DISCLOSURE}/open/", disclosure_open, name="disclosure_open"),
]
