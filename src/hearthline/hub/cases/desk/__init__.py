# SPDX-License-Identifier: Apache-2.0
"""The desk's pages: the queue, the case, and every form of casework."""

from django.urls import path

from hearthline.hub.cases.desk.adult import (
    case_adult,
    case_adult_agree,
    case_adult_turn_down,
)
from hearthline.hub.cases.desk.away import step_away
from hearthline.hub.cases.desk.bulk import bulk
from hearthline.hub.cases.desk.case import case, case_claim, case_release, case_urgency
from hearthline.hub.cases.desk.closing import (
    case_agree_to_close,
    case_ask_to_close,
    case_go_on,
    case_keep_open,
)
from hearthline.hub.cases.desk.exhibits import case_exhibit, exhibit_open
from hearthline.hub.cases.desk.exports import export_decide, export_fetch, export_new, exports
from hearthline.hub.cases.desk.judging import case_assess, case_confirm, case_decide
from hearthline.hub.cases.desk.onward import case_step_back
from hearthline.hub.cases.desk.quarantine import (
    held,
    held_agree,
    held_close,
    held_keep,
    held_release,
    held_release_alike,
    held_report,
)
from hearthline.hub.cases.desk.queue import queue, queue_narrow
from hearthline.hub.cases.desk.reporters import (
    case_disclosure,
    case_message,
    disclosure_decide,
    disclosure_open,
)
from hearthline.hub.cases.desk.search import search
from hearthline.hub.cases.desk.views import view_change, view_delete, view_new, views

_CASE = "cases/<uuid:pk>"
_REPORT = f"{_CASE}/reports/<uuid:report>"
_DISCLOSURE = f"{_CASE}/disclosures/<uuid:disclosure>"

urlpatterns = [
    path("", queue, name="queue"),
    path("narrow/", queue_narrow, name="queue_narrow"),
    path("search/", search, name="search"),
    path("several/", bulk, name="bulk"),
    path("held/", held, name="held"),
    path("held/release/", held_release_alike, name="held_release_alike"),
    path("held/close/", held_close, name="held_close"),
    path("held/closings/<uuid:pk>/agree/", held_agree, name="held_agree"),
    path("held/closings/<uuid:pk>/keep/", held_keep, name="held_keep"),
    path("held/<uuid:pk>/", held_report, name="held_report"),
    path("held/<uuid:pk>/release/", held_release, name="held_release"),
    path("step-away/", step_away, name="step_away"),
    path("views/", views, name="views"),
    path("views/new/", view_new, name="view_new"),
    path("views/<uuid:pk>/", view_change, name="view_change"),
    path("views/<uuid:pk>/delete/", view_delete, name="view_delete"),
    path("exports/", exports, name="exports"),
    path("exports/new/", export_new, name="export_new"),
    path("exports/<uuid:pk>/decide/", export_decide, name="export_decide"),
    path("exports/<uuid:pk>/fetch/", export_fetch, name="export_fetch"),
    path(f"{_CASE}/", case, name="case"),
    path(f"{_CASE}/claim/", case_claim, name="case_claim"),
    path(f"{_CASE}/release/", case_release, name="case_release"),
    path(f"{_CASE}/step-back/", case_step_back, name="case_step_back"),
    path(f"{_CASE}/urgency/", case_urgency, name="case_urgency"),
    path(f"{_CASE}/assess/", case_assess, name="case_assess"),
    path(f"{_CASE}/confirm/", case_confirm, name="case_confirm"),
    path(f"{_CASE}/decide/", case_decide, name="case_decide"),
    path(f"{_CASE}/adult/", case_adult, name="case_adult"),
    path(f"{_CASE}/adult/agree/", case_adult_agree, name="case_adult_agree"),
    path(f"{_CASE}/adult/turn-down/", case_adult_turn_down, name="case_adult_turn_down"),
    path(f"{_CASE}/closing/", case_ask_to_close, name="case_ask_to_close"),
    path(f"{_CASE}/closing/agree/", case_agree_to_close, name="case_agree_to_close"),
    path(f"{_CASE}/closing/keep-open/", case_keep_open, name="case_keep_open"),
    path(f"{_CASE}/go-on/", case_go_on, name="case_go_on"),
    path(f"{_CASE}/exhibits/", case_exhibit, name="case_exhibit"),
    path(f"{_CASE}/exhibits/<uuid:exhibit>/", exhibit_open, name="exhibit_open"),
    path(f"{_REPORT}/message/", case_message, name="case_message"),
    path(f"{_REPORT}/disclosure/", case_disclosure, name="case_disclosure"),
    path(f"{_DISCLOSURE}/decide/", disclosure_decide, name="disclosure_decide"),
    path(f"{_DISCLOSURE}/open/", disclosure_open, name="disclosure_open"),
]
