"""``manage token_issue``: a token for another system; its secret is printed once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zhengwu.kernel.directory.api import actor_of, issue_token
from zhengwu.kernel.directory.models import Account, ApiToken
from zhengwu.lib.now import local
from zhengwu.lib.problem import Problem


def account_called(username: str) -> Account:
    """Raises CommandError when there is none."""
    found = Account.objects.filter(username=username).first()
    if found is None:
        raise CommandError(f"没有账号 {username}")
    return found


def refused(problem: Problem) -> CommandError:
    """The refusal with the reasons of every field."""
    return CommandError("；".join(getattr(problem, "errors", {}).values()) or problem.zh)


class Command(BaseCommand):
    help = "给别的系统发放接口令牌，只显示一次"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="使用令牌的系统名称")
        parser.add_argument("--by", required=True, help="发放人：安全管理员的用户名")
        parser.add_argument("--account", required=True, help="令牌以哪个账号的身份办事")
        parser.add_argument("--scope", action="append", choices=ApiToken.Scope.values, required=True, help="可重复")
        parser.add_argument("--days", type=int, default=365, help="有效天数，最多730")

    def handle(self, *args: Any, **options: Any) -> None:
        by, account = account_called(options["by"]), account_called(options["account"])
        try:
            token, secret = issue_token(by=actor_of(by), name=options["name"], account=account,
                                        scopes=options["scope"], days=options["days"])
        except Problem as problem:
            raise refused(problem) from problem
        until = f"{local(token.expires_at):%Y-%m-%d}"
        self.stdout.write(f"令牌 {token.pk}（{token.name}），有效期至 {until}，只显示这一次：")
        self.stdout.write(secret)
