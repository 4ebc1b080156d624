# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

from hearthline.hub.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("appeals", "0001_initial")]
    operations = [append_only("appeals_blockingreport")]
