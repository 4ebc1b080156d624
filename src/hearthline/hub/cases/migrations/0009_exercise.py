# SPDX-License-Identifier: Apache-2.0

from django.conf import settings
from django.db import migrations, models

from hearthline.hub.audit.never_changes import never_changes


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_withdrawal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="cases_unread_urgency",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_with_others_urgency",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_for_second_urgency",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_at_desk_kind",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_at_desk_language",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_at_desk_host_digest",
        ),
        migrations.AddField(
            model_name="case",
            name="exercise",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("unread", True)),
                fields=["level", "exercise", "review_due_at", "opened_at", "id"],
                name="cases_unread_urgency",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("with_others", True)),
                fields=["level", "exercise", "review_due_at", "opened_at", "id"],
                name="cases_with_others_urgency",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("for_second", True)),
                fields=["level", "exercise", "review_due_at", "opened_at", "id"],
                name="cases_for_second_urgency",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("at_desk", True)),
                fields=["kind", "level", "exercise", "review_due_at", "opened_at", "id"],
                name="cases_at_desk_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("at_desk", True)),
                fields=["language", "level", "exercise", "review_due_at", "opened_at", "id"],
                name="cases_at_desk_language",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("at_desk", True)),
                fields=["host_digest", "level", "exercise", "review_due_at", "opened_at", "id"],
                name="cases_at_desk_host_digest",
            ),
        ),
        never_changes("cases_case", "exercise"),
    ]
