"""`./zw demo [--url URL]`: walks the main job from the outside, over HTTP, as the people who do it."""

import argparse
import os
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="平台地址 (its address)")
    parser.add_argument("--data", type=Path, default=None, help="数据目录 (data, for the password)")
    parser.add_argument("--password", default="", help="演示密码 (the demo password)")


def password_of(options: argparse.Namespace) -> str:
    if given := options.password or os.environ.get("ZHENGWU_DEMO_PASSWORD", ""):
        return given
    data = options.data or Path(os.environ.get("ZW_DATA", Path(os.environ["ZW_ROOT"]) / ".data"))
    kept = data / "keys" / "demo-password"
    return kept.read_text().strip() if kept.exists() else ""


def run(options: argparse.Namespace) -> int:
    """0 only if every step held."""
    from zhengwu.demo.walk import walk

    password = password_of(options)
    if not password:
        print("没有演示密码：请用 --password，或设置 ZHENGWU_DEMO_PASSWORD (no demo password)", file=sys.stderr)
        return 2
    return walk(options.url.rstrip("/"), password)
