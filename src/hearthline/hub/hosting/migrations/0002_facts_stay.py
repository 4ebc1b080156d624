# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

from hearthline.hub.audit.never_changes import never_changes

# The digest alone is emptied, at the end of retention.
STAY = ("host", "record", "kind", "country", "proxied", "known", "moved", "at", "made")


class Migration(migrations.Migration):
    dependencies = [("hosting", "0001_initial")]
    operations = [never_changes("hosting_hostingfact", column) for column in STAY]
