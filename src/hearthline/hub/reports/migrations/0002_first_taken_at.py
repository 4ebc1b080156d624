# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce


def look_back(apps, schema_editor):
    """What was taken up before is known by that time, or by the first look that was told."""
    Report = apps.get_model("reports", "Report")
    Step = apps.get_model("reports", "Step")
    told = Step.objects.filter(report=OuterRef("pk"))
    looked = told.exclude(code__in=["received", "withdrawn"]).order_by("at").values("at")[:1]
    Report.objects.update(first_taken_at=Coalesce("taken_at", Subquery(looked)))


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="first_taken_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(look_back, migrations.RunPython.noop),
    ]
