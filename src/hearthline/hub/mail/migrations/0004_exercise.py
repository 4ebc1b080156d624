# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models

from hearthline.hub.audit.never_changes import never_changes


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0003_several_records"),
    ]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="exercise",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="letter",
            name="meant_for",
            field=models.CharField(blank=True, db_default="", default="", max_length=254),
        ),
        never_changes("mail_letter", "exercise"),
    ]
