# SPDX-License-Identifier: Apache-2.0
"""The quarantine lane is read over an index of its own; a host's index also knows the report.

The index over the host alone is dropped by name: altering the field would make SQLite write the
whole table anew.
"""

from django.db import migrations, models

OLD = "reports_pointer_host_digest_0e657db5"


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0008_measured"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="pointer",
            index=models.Index(fields=["host_digest", "report"], name="reports_of_host"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(
                    ("lane", "quarantine"),
                    ("taken_at__isnull", True),
                    ("withdrawn_at__isnull", True),
                ),
                fields=["level", "received_at", "id"],
                name="reports_held",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {OLD}",
                    reverse_sql=f"CREATE INDEX {OLD} ON reports_pointer (host_digest)",
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="pointer",
                    name="host_digest",
                    field=models.BinaryField(default=b"", max_length=32),
                ),
            ],
        ),
    ]
