"""Checks a proof file: ``manage verify_proof FILE [--root HEX] [--key HEX …]``; needs no database."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from zhengwu.kernel.ledger.proof import report


class Command(BaseCommand):
    """Exit code 0 when the proof holds, else 1 with the findings printed."""

    help = "核对一份证明文件，不需要数据库"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--root", default="", help="公布的根摘要（十六进制）")
        parser.add_argument("--key", action="append", default=[], help="受信任的公钥（130位十六进制）")

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(report(options["file"], published_root=options["root"], trusted=options["key"]))
