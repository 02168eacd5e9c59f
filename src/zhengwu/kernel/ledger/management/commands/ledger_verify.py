"""Checks the whole ledger: ``manage ledger_verify [--upto ID] [--published FILE …]``."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from zhengwu.kernel.ledger.api import verify
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib import canonical


class Command(BaseCommand):
    """Exit code 0 when everything holds; otherwise names the first broken event or seal and exits with 1."""

    help = "核对全部存证：每个事件、每条链、每次封存；指出最先损坏之处"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--upto", type=int, help="只核对到此事件号")
        parser.add_argument("--published", type=Path, nargs="+", default=[], metavar="FILE",
                            help="早先从封存公布页保存的 JSON 文件")

    def handle(self, *args: Any, **options: Any) -> None:
        expected = Event.objects.count()
        with tqdm(total=expected, unit="个", desc="核对", file=sys.stderr, disable=None) as bar:
            report = verify(lambda done: bar.update(done - bar.n), options["upto"],
                            published=dict(map(_published, options["published"])))
        rate = round(report.events / report.seconds) if report.seconds else 0
        self.stdout.write(f"已核对 {report.events} 个事件、{report.seals} 次封存，"
                          f"用时 {report.seconds:.1f} 秒（每秒 {rate} 个）")
        if report.first_broken:
            raise CommandError(f"存证损坏，最先在：{report.first_broken}")
        self.stdout.write(f"存证完好；尚未封存的事件 {report.pending} 个")


def _published(path: Path) -> tuple[int, str]:
    """Number and hash of a saved seal."""
    try:
        seal = canonical.loads(path.read_bytes())
        return int(seal["number"]), str(seal["hash"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} 不是保存的封存：{error}") from error
