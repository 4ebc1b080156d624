# SPDX-License-Identifier: Apache-2.0
"""The worker: one round is every room's sweeps, in the order a report travels."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError, close_old_connections

from hearthline.hub.accounts import sweeps as accounts
from hearthline.hub.appeals import sweeps as appeals
from hearthline.hub.audit import sweeps as audit
from hearthline.hub.blocklists import sweeps as blocklists
from hearthline.hub.care import sweeps as care
from hearthline.hub.cases import sweeps as cases
from hearthline.hub.complaints import sweeps as complaints
from hearthline.hub.hosting import sweeps as hosting
from hearthline.hub.mail import sweeps as mail
from hearthline.hub.notices import sweeps as notices
from hearthline.hub.referrals import sweeps as referrals
from hearthline.hub.reports import sweeps as reports
from hearthline.hub.sealing import sweeps as sealing
from hearthline.hub.statistics import sweeps as statistics

log = logging.getLogger("hearthline.worker")

# A sweep is idempotent, works under leases, and returns how many rows it did.
Sweep = Callable[..., int]

SWEEPS: tuple[Sweep, ...] = (
    *cases.SWEEPS,
    *referrals.SWEEPS,
    *hosting.SWEEPS,
    *notices.SWEEPS,
    *blocklists.SWEEPS,
    *mail.SWEEPS,
    *reports.SWEEPS,
    *complaints.SWEEPS,
    *appeals.SWEEPS,
    *accounts.SWEEPS,
    *care.SWEEPS,
    *audit.SWEEPS,
    *sealing.SWEEPS,
    *statistics.SWEEPS,
)


def sweep_once(*, holder: str, at: datetime) -> int:
    """One round of all sweeps; rows done. One sweep that fails does not keep the others waiting.

    What failed stays due, so the next round tries it again.
    """
    done = 0
    for sweep in SWEEPS:
        try:
            done += sweep(holder=holder, at=at)
        except OperationalError as error:
            log.warning("%s: the database said: %s; it is tried again", _name(sweep), error)
            close_old_connections()
        except Exception:
            log.exception("%s failed; it is tried again", _name(sweep))
    return done


def _name(sweep: Sweep) -> str:
    return f"{sweep.__module__}.{getattr(sweep, '__name__', 'sweep')}"
