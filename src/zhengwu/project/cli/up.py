"""`./zw up`."""

import argparse
import os
import sys
from pathlib import Path

from zhengwu.project.supervisor.instance import Instance, PostgresError, UpError, default_data
from zhengwu.project.supervisor.run import Supervisor


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("0–65535")
    return number


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--port", type=_port, default=8000, help="端口，0 为任意空闲端口 (0: any free one)")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 (default 127.0.0.1)")
    parser.add_argument("--data", type=Path, default=None, metavar="DIR", help=f"数据目录 (default {default_data()})")
    parser.add_argument("--workers", type=int, default=max(1, min(8, os.cpu_count() or 1)),
                        help="网站进程数 (web processes, default one a core)")
    parser.add_argument("--threads", type=int, default=4, help="每个网站进程的线程数 (threads each, default 4)")
    parser.epilog = ("环境变量 environment:\n"
                     "  DATABASE_URL            postgresql://… 使用已有的数据库 (use a real server)\n"
                     "  ZHENGWU_DEMO_PASSWORD   演示账号的密码 (password of the demo accounts)\n"
                     "  其余见 docs/configuration.md")


def run(options: argparse.Namespace) -> int:
    """Runs until stopped; 1 with a message when it cannot."""
    instance = Instance((options.data or default_data()).absolute())
    try:
        return Supervisor(instance, options.host, options.port, options.workers, options.threads).run()
    except (UpError, PostgresError) as error:
        print(f"zw: {error}", file=sys.stderr)
        return 1
