"""`./zw test [SUITE | PATH …]`."""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
SPECIAL = ("browser", "faults", "interop")
SUITES = {"unit": "not browser and not faults and not interop", **{name: name for name in SPECIAL}, "all": ""}
PASS_ON = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """Everything is handed to pytest; the suites are ours."""


def run(options: argparse.Namespace, rest: list[str]) -> int:
    """Exit code of pytest; one closing line with the suite's name and the counts."""
    if rest[:1] in (["-h"], ["--help"]):
        print(f"用法 usage: ./zw test [{' | '.join(SUITES)} | PATH …] [pytest options]")
        return 0
    suite = rest[0] if rest and rest[0] in SUITES else ""
    marker = SUITES[suite or "unit"]
    command = [sys.executable, "-m", "pytest", *rest[bool(suite):]]
    if marker and "-m" not in rest and (suite or not _names_special(rest)):
        command += ["-m", marker]
    if sys.stdout.isatty():
        command.append("--color=yes")
    return _report(suite or "unit", command)


def _names_special(rest: list[str]) -> bool:
    """Somebody who names a file of a special suite wants it run."""
    return any(f"tests/{name}" in argument for argument in rest for name in SPECIAL)


def _report(suite: str, command: list[str]) -> int:
    began = time.monotonic()
    counts = "没有测试（nothing ran）"
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if re.search(r"\b\d+ (passed|failed|errors?|deselected|skipped)\b.* in ", line):
                counts = re.sub(r"\x1b\[[0-9;]*m|=", "", line).strip()
        code = process.wait()
    except KeyboardInterrupt:
        process.wait()
        code = 130
    verdict = "通过（passed）" if code == 0 else f"未通过（failed, code {code}）"
    print(f"zw: test {suite} {verdict}：{counts}；{time.monotonic() - began:.0f} 秒", flush=True)
    return code
