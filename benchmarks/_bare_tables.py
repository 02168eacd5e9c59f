"""Three small tables, as a case, its task and its entry in a log would be. Imported once Django is set up."""

from django.db import models


class Item(models.Model):
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return self.number


class Task(models.Model):
    item = models.ForeignKey(Item, models.CASCADE)
    name = models.CharField(max_length=60)
    due = models.DateTimeField()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    item = models.ForeignKey(Item, models.CASCADE)
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return self.kind
