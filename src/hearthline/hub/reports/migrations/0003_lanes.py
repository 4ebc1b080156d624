from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_first_taken_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='lane',
            field=models.CharField(choices=[('main', 'Main'), ('quarantine', 'Held')], db_default='main', default='main', max_length=12),
        ),
        migrations.AddField(
            model_name='report',
            name='held_because',
            field=models.CharField(blank=True, choices=[('network', 'Many from one network'), ('rush', 'Very many at once')], db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='report',
            name='words_digest',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['lane', 'taken_at', 'withdrawn_at', 'level', 'received_at'], name='reports_by_lane'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('words_digest__isnull', False)), fields=['words_digest'], name='reports_held_words'),
        ),
    ]
