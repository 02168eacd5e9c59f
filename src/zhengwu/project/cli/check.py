"""`./zw check`: everything about the code that is not a test."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
_TEST = {"DJANGO_SETTINGS_MODULE": "zhengwu.project.settings.test"}
_PRODUCTION = {"DJANGO_SETTINGS_MODULE": "zhengwu.project.settings.production",
               "ZW_SECRET_KEY": "check-only-" + "0123456789abcdef" * 4, "DATABASE_URL": "postgresql://check@/check"}
_OWN = ["-m", "zhengwu.project.quality"]

# name -> (what it holds, arguments for python, environment)
CHECKS: dict[str, tuple[str, list[str], dict[str, str]]] = {
    "ruff": ("格式与常见错误", ["-m", "ruff", "check", "src", "tests", "benchmarks"], {}),
    "types": ("类型", ["-m", "mypy", "--no-error-summary", "src"], _TEST),
    "imports": ("分层", ["-c", "from importlinter.cli import lint_imports_command as c; c()"], {}),
    "migrations": ("数据库迁移", [*_OWN, "migrations"], _TEST),
    "django": ("Django 检查", ["-m", "django", "check", "--deploy", "--fail-level", "WARNING"], _PRODUCTION),
    "templates": ("模板可编译", [*_OWN, "templates"], _TEST),
    "djlint": ("模板写法", ["-m", "djlint", "src", "--lint", "--quiet"], {}),
    "translations": ("界面文字", [*_OWN, "texts"], {}),
    "sizes": ("文件与函数长度", [*_OWN, "sizes"], {}),
    "paths": ("无本机路径", [*_OWN, "paths"], {}),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("only", nargs="*", metavar="CHECK", help=f"只做这些 (only these): {' '.join(CHECKS)}")


def run(options: argparse.Namespace) -> int:
    """Runs every check, also after one failed; 1 when one did."""
    unknown = [name for name in options.only if name not in CHECKS]
    if unknown:
        print(f"zw: 没有这项检查（unknown check）：{' '.join(unknown)}", file=sys.stderr)
        return 2
    failed = [name for name in options.only or CHECKS if not _one(name)]
    total = len(options.only or CHECKS)
    if failed:
        print(f"zw: check 未通过（failed）：{' '.join(failed)}；通过 {total - len(failed)}/{total}")
        return 1
    print(f"zw: check 通过（passed）：{total} 项")
    return 0


def _one(name: str) -> bool:
    label, command, extra = CHECKS[name]
    began = time.monotonic()
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=os.environ | extra, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(done.stdout.rstrip())
    verdict = "未通过 FAILED" if done.returncode else "通过 ok"
    print(f"{name:<13}{verdict}（{label}，{time.monotonic() - began:.1f} 秒）", flush=True)
    return done.returncode == 0
