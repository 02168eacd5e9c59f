"""`./zw verify-proof FILE`: no database, no network, only the file."""

import argparse
from pathlib import Path

from zhengwu.kernel.ledger.proof import report


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and what one knows from elsewhere."""
    parser.add_argument("file", type=Path, help="证明文件 (proof, JSON)")
    parser.add_argument("--root", default="", metavar="HEX", help="公布的根摘要 (the root as published)")
    parser.add_argument("--key", action="append", default=[], metavar="HEX", help="信任的公钥 (a public key you trust)")


def run(options: argparse.Namespace) -> int:
    """0 when the proof holds, 1 with the findings otherwise."""
    return report(options.file, published_root=options.root, trusted=options.key)
