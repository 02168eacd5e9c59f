"""Migrations say what the models say, and are named deeds."""

import re

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.utils import translation


def find() -> list[str]:
    """Model changes without a migration, automatic names, two leaves in one app. Asks no database."""
    with translation.override(None):  # as makemigrations does: Django's own field names are not part of the state
        return _find()


def _find() -> list[str]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    own = {config.label for config in apps.get_app_configs() if config.name.startswith("zhengwu.")}
    found = [f"{app}: two ends: {', '.join(names)}" for app, names in loader.detect_conflicts().items()]
    for app, migration in loader.disk_migrations:
        if app in own and not re.fullmatch(r"\d{4}_(?!auto_)[a-z0-9_]+", migration):
            found.append(f"{app}.{migration}: name the deed, like 0002_deadline_index")
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps),
                                     NonInteractiveMigrationQuestioner(specified_apps=own, dry_run=True))
    changes = detector.changes(graph=loader.graph, trim_to_apps=own, convert_apps=own)
    for app, migrations in changes.items():
        for operation in (o for m in migrations for o in m.operations):
            found.append(f"{app}: no migration yet for: {operation.describe()}")
    return found
