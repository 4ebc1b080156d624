import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_closing_by_two'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FloodClosing',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('words_digest', models.BinaryField(max_length=32, null=True)),
                ('host_digest', models.BinaryField(max_length=32, null=True)),
                ('minute', models.DateTimeField(null=True)),
                ('with_urgent', models.BooleanField(default=False)),
                ('asked_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=500)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('kept_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('closed', models.PositiveIntegerField(default=0)),
                ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
