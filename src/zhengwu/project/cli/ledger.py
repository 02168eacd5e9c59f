"""`./zw ledger verify`: recomputes every hash and seal."""

import argparse
from pathlib import Path

from zhengwu.project.cli.manage import on_instance


def arguments(parser: argparse.ArgumentParser) -> None:
    """One action."""
    parser.add_argument("--published", nargs="+", default=[], metavar="FILE",
                        help="早先从封存公布页保存的 JSON 文件 (seals saved earlier from the public page)")
    parser.add_argument("action", choices=["verify"], help="verify: 校验全部事件与封存 (check every event and seal)")


def run(options: argparse.Namespace) -> int:
    """0 when everything holds, 1 when an event or seal is broken."""
    saved = ["--published", *(str(Path(file).absolute()) for file in options.published)] if options.published else []
    return on_instance(["-m", "django", "ledger_verify", *saved])
