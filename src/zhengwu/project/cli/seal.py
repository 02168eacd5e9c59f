"""`./zw seal`: puts every event since the last seal into one signed Merkle root."""

import argparse

from zhengwu.project.cli.manage import on_instance


def arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(options: argparse.Namespace) -> int:
    """0 when sealed (or nothing was new)."""
    return on_instance(["-m", "django", "ledger_seal"])
