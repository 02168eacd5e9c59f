"""Ratings live in the evaluation module, which has brought them over."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("hall", "0001_hall"),
        ("evaluation", "0001_evaluations"),
    ]

    operations = [
        migrations.DeleteModel(name="Rating"),
    ]
