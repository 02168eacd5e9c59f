"""The files the house consists of."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
SOURCE = ROOT / "src" / "zhengwu"
_FOREIGN = {".git", ".venv", ".data", "build", "node_modules", "__pycache__"}


def _tracked() -> list[Path]:
    """What git would commit; without git (an unpacked archive), everything that is not made by tools."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,  # noqa: S607
                                capture_output=True, check=True).stdout.decode()
        return [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        return [p for p in ROOT.rglob("*") if not _FOREIGN & set(p.relative_to(ROOT).parts)]


def files(*suffixes: str, under: str = "") -> Iterator[Path]:
    """Files of the project in order; ``suffixes`` like ".py" (none: all), ``under`` a folder below the root."""
    for path in sorted(_tracked()):
        if path.is_file() and (not suffixes or path.suffix in suffixes) and path.is_relative_to(ROOT / under):
            yield path


def name(path: Path) -> str:
    """The path as people say it."""
    return str(path.relative_to(ROOT))
