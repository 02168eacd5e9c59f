"""What import-linter cannot see: foreign keys, migrations, templates and clocks that cross a wall."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from zhengwu.project.modules import KERNEL, MODULES
from zhengwu.project.quality.tree import SOURCE, files, name

# Kernel floors from below; packages of one floor share a number (see pyproject.toml, import-linter).
FLOORS = {"ledger": 0, "directory": 1, "notifications": 2, "files": 2, "search": 2, "clock": 3, "flow": 4,
          "matters": 5, "cases": 6, "publishing": 7}
OWN = {package.rsplit(".", 1)[-1]: package for package in (*KERNEL, *MODULES)}


def may_use(user: str, used: str) -> bool:
    """Whether the app ``user`` may lean on the app ``used``: itself, or one further down."""
    if user == used or used not in OWN:
        return True
    if user in FLOORS:
        return used in FLOORS and FLOORS[used] < FLOORS[user]
    return used in FLOORS  # a module leans on the kernel, never on another module


def test_every_kernel_package_has_a_floor():
    assert {package.rsplit(".", 1)[-1] for package in KERNEL} == set(FLOORS)


def test_foreign_keys_point_to_the_own_package_or_downward():
    crossing = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models() if model._meta.app_label in OWN
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        and not may_use(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert crossing == []


def test_the_ledger_has_no_foreign_keys():
    """Labels and ids only: what is recorded must outlive what it speaks of."""
    keys = [f"{m._meta.label}.{f.name} -> {f.related_model._meta.label}"
            for m in apps.get_app_config("ledger").get_models() for f in m._meta.get_fields()
            if f.is_relation and f.concrete and f.related_model._meta.app_label != "ledger"]
    assert keys == []


def test_migrations_depend_downward_only():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    crossing = [f"{app}.{migration} -> {needed}"
                for (app, migration), found in loader.disk_migrations.items() if app in OWN
                for needed, _ in found.dependencies if not may_use(app, needed)]
    assert crossing == []


@pytest.mark.parametrize(("user", "used", "allowed"), [
    ("cases", "matters", True), ("matters", "cases", False), ("hall", "cases", True), ("hall", "certificates", False),
    ("files", "search", False), ("cases", "hall", False), ("hall", "hall", True), ("ledger", "auth", True)])
def test_the_rule_itself(user, used, allowed):
    assert may_use(user, used) is allowed


def _package(path: Path) -> str:
    """``kernel/cases/templates/…`` -> ``cases``; ``ui/…`` -> ``ui``."""
    parts = path.relative_to(SOURCE).parts
    return parts[1] if parts[0] in ("kernel", "modules") else parts[0]


def test_templates_lean_on_their_own_package_or_ui():
    named = re.compile(r"{%\s*(?:extends|include)\s+[\"']([^\"']+)[\"']")
    crossing = []
    for path in files(".html", under="src"):
        if "templates" not in path.parts:
            continue
        own = {_package(path), "ui"}
        if _package(path) == "ui":
            own.add("account")  # the folder allauth looks in; the pages are ours
        for used in named.findall(path.read_text()):
            if used.split("/")[0] not in own:
                crossing.append(f"{name(path)} uses {used}")
    assert crossing == []


def test_templates_lie_in_a_folder_of_their_package():
    """``templates/<package>/…`` so that two packages never shadow each other; ui also serves Django's own names."""
    foreign = []
    for path in files(".html", under="src"):
        parts = path.relative_to(SOURCE).parts
        if "templates" in parts and _package(path) != "ui":
            first = parts[parts.index("templates") + 1]
            if first != _package(path):
                foreign.append(name(path))
    assert foreign == []


def test_the_present_moment_has_one_source():
    """Rules that ask the machine's clock cannot be tested or simulated; ``zhengwu.lib.now`` can be set."""
    asked = re.compile(r"\b(?:timezone\.now|datetime\.now|datetime\.utcnow|datetime\.today|date\.today)\s*\(")
    allowed = {SOURCE / "lib" / "now.py"}
    found = [f"{name(path)}:{number}" for path in files(".py", under="src") if path not in allowed
             for number, line in enumerate(path.read_text().splitlines(), 1)
             if asked.search(line) and not line.strip().startswith("#")]
    assert found == []
