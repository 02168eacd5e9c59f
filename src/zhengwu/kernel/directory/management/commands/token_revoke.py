"""``manage token_revoke``: ends a token of another system at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from zhengwu.kernel.directory.api import actor_of, revoke_token
from zhengwu.kernel.directory.management.commands.token_issue import account_called, refused
from zhengwu.lib.problem import Problem


class Command(BaseCommand):
    help = "停用接口令牌"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("token", type=int, help="令牌的编号")
        parser.add_argument("--by", required=True, help="停用人：安全管理员的用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = revoke_token(by=actor_of(account_called(options["by"])), token_id=options["token"])
        except Problem as problem:
            raise refused(problem) from problem
        self.stdout.write(f"令牌 {token.pk}（{token.name}）已停用")
