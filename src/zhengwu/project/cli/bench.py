"""`./zw bench NAME …`: runs ``benchmarks/NAME.py``."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[4] / "benchmarks"
PASS_ON = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """Everything behind the name goes to the benchmark."""


def run(options: argparse.Namespace, rest: list[str]) -> int:
    """Exit code of the benchmark; 2 when there is none of that name."""
    known = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    if not rest or rest[0] not in known:
        print(f"用法 usage: ./zw bench {{{' | '.join(known)}}} [options]", file=sys.stderr)
        return 0 if rest[:1] in (["-h"], ["--help"]) else 2
    script = str(FOLDER / f"{rest[0]}.py")
    return subprocess.run([sys.executable, script, *rest[1:]], env=os.environ, check=False).returncode
