"""Fetching browser packages, with npm replaced: what is kept, what is refused, and that it happens once."""

import gzip
import shutil

import pytest

from zhengwu.lib import frontend


@pytest.fixture
def root(tmp_path):
    found = tmp_path / "root"
    found.mkdir()
    (found / "package.json").write_text("{}")
    (found / "package-lock.json").write_text('{"packages": {}}')
    return found


def written(calls, complete=True):
    """npm's part: the packages of the lock."""

    def npm(work):
        calls.append(sorted(p.name for p in work.iterdir()))
        for source in list(frontend.FILES.values())[: None if complete else 2]:
            (work / source).parent.mkdir(parents=True, exist_ok=True)
            (work / source).write_text(f"// {source}")

    return npm


def test_only_the_named_files_are_kept_and_only_once(root, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(frontend, "_npm_ci", written(calls))
    assert frontend.folder(root, tmp_path / "front") is None
    found = frontend.fetch(root, tmp_path / "front")
    assert frontend.fetch(root, tmp_path / "front") == found == frontend.folder(root, tmp_path / "front")
    assert calls == [["package-lock.json", "package.json"]]
    kept = {str(p.relative_to(found)) for p in found.rglob("*") if p.is_file() and p.suffix != ".gz"}
    assert kept == set(frontend.FILES)
    packed = found / "bpmn-js/modeler.js.gz"
    assert gzip.decompress(packed.read_bytes()) == (found / "bpmn-js/modeler.js").read_bytes()
    assert [p.name for p in (tmp_path / "front").iterdir()] == [found.name]


def test_another_lock_is_another_folder(root, tmp_path, monkeypatch):
    monkeypatch.setattr(frontend, "_npm_ci", written([]))
    before = frontend.fetch(root, tmp_path / "front")
    (root / "package-lock.json").write_text('{"packages": {"new": 1}}')
    assert frontend.folder(root, tmp_path / "front") is None
    assert frontend.fetch(root, tmp_path / "front") != before


def test_what_is_incomplete_is_not_there(root, tmp_path, monkeypatch):
    monkeypatch.setattr(frontend, "_npm_ci", written([], complete=False))
    with pytest.raises(OSError):
        frontend.fetch(root, tmp_path / "front")
    assert frontend.folder(root, tmp_path / "front") is None


def test_npm_says_why_it_did_not_come(root, tmp_path, monkeypatch):
    def fail(*args, **more):
        return type("Done", (), {"returncode": 1, "stderr": "npm error code EINTEGRITY\n", "stdout": ""})()

    monkeypatch.setattr(frontend.subprocess, "run", fail)
    with pytest.raises(frontend.FetchError, match="EINTEGRITY"):
        frontend.fetch(root, tmp_path / "front")
    shutil.rmtree(root)


def test_the_lock_of_this_house_names_no_registry():
    from django.conf import settings

    lock = (settings.ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')
