# SPDX-License-Identifier: Apache-2.0
"""Indexes for the figures and the overview of promises, which look at a time and not at a lane."""

from django.db.models import Index, Q

CASES = [
    # What nobody has looked at yet, and what waits for a second person: never a closed case.
    Index(
        fields=["exercise", "level", "review_due_at", "opened_at"],
        condition=Q(first_reviewed_at__isnull=True, closed_at__isnull=True),
        name="cases_not_looked_at",
    ),
    Index(
        fields=["second_due_at"],
        condition=Q(state="awaiting_second", second_due_at__isnull=False),
        name="cases_second_running",
    ),
    # What fell due in a time and whether it was kept, told from the index alone.
    Index(
        fields=["review_due_at", "exercise", "level", "first_reviewed_at", "closed_at"],
        name="cases_reviews_kept",
    ),
    Index(
        fields=["second_due_at", "exercise", "second_reviewed_at", "state"],
        name="cases_seconds_kept",
    ),
    Index(
        fields=["second_reviewed_at", "exercise", "second_due_at"],
        condition=Q(second_reviewed_at__isnull=False),
        name="cases_seconds_done",
    ),
    # Exercises, which are few and in no figure.
    Index(fields=["id"], condition=Q(exercise=True), name="cases_exercises"),
    # How long until the first look is told from the index alone.
    Index(fields=["first_reviewed_at", "opened_at", "exercise"], name="cases_looked_at"),
]
# What became final in a time, told from the index alone.
ASSESSMENTS = [Index(fields=["at", "stage", "agrees", "outcome", "case"], name="cases_assessed_at")]
