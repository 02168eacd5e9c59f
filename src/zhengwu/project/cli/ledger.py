"""`./zw ledger verify`: recomputes every hash and seal."""

import argparse

from zhengwu.project.cli.manage import on_instance


def arguments(parser: argparse.ArgumentParser) -> None:
    """One action."""
    parser.add_argument("action", choices=["verify"], help="verify: 校验全部事件与封存 (check every event and seal)")


def run(options: argparse.Namespace) -> int:
    """0 when everything holds, 1 when an event or seal is broken."""
    return on_instance(["-m", "zhengwu.project.ledger_commands", options.action])
