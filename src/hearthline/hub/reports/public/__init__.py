# SPDX-License-Identifier: Apache-2.0
"""The pages of the public door: the first page, the form, and coming back with the receipt."""

from django.urls import path

from hearthline.hub.reports.public import button, entrance, keeping, receipts, sent, wizard, work

urlpatterns = [
    path("", entrance.home, name="home"),
    path("about/", entrance.about, name="about"),
    path("report/professional/", work.begin, name="report_work"),
    path("report/professional/<slug:screen>/", work.screen, name="report_work_screen"),
    path("report/start/<slug:audience>/", wizard.start, name="report_start"),
    path("report/danger/", wizard.danger, name="report_danger"),
    path("report/sent/", sent.sent, name="report_sent"),
    path("report/go-on/", keeping.go_on, name="report_go_on"),
    path("report/keep/<slug:step>/", keeping.keep, name="report_keep"),
    path("report/<slug:step>/", wizard.step, name="report_step"),
    path("button/", button.button, name="button"),
    path("receipt/", receipts.enter, name="receipt"),
    path("receipt/status/", receipts.status, name="receipt_status"),
    path("receipt/message/", receipts.message, name="receipt_message"),
    path("receipt/withdraw/", receipts.withdraw, name="receipt_withdraw"),
    path("receipt/leave/", receipts.leave, name="receipt_leave"),
]
