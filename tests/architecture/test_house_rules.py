"""The rules `./zw check` also holds, as tests, so that they fail where one works."""

import os
import subprocess
import sys

from zhengwu.project.quality import migrations, paths, sizes, templates, texts
from zhengwu.project.quality.tree import ROOT


def test_files_and_functions_are_short():
    assert sizes.find() == []


def test_migrations_are_complete_and_named():
    assert migrations.find() == []


def test_templates_compile():
    assert templates.find() == []


def test_screens_speak_chinese():
    assert texts.find() == []


def test_no_path_of_somebodys_machine():
    assert paths.find() == []


def test_import_contracts_hold():
    code = "from importlinter.cli import lint_imports_command as c; c()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
