"""What stands in the terminal once everything runs."""

from collections.abc import Callable

from zhengwu.demo.accounts import ACCOUNTS
from zhengwu.project.supervisor.instance import Instance

DEMO_ACCOUNTS = {account.username: account.role_label for account in ACCOUNTS}


def welcome(instance: Instance, address: str, seconds: float, say: Callable[[str], None]) -> None:
    """Address, demo accounts, where the data lies, how to stop."""
    say(f"已就绪（ready），用时 {seconds:.1f} 秒")
    say("")
    say(f"  网址 address    {address}")
    there = instance.demo_accounts()
    names = [(name, label) for name, label in DEMO_ACCOUNTS.items() if name in there]
    if names:
        say(f"  演示账号密码 password    {instance.kept_password()}")
    for start in range(0, len(names), 3):
        say("    " + "".join(_cell(name, label) for name, label in names[start:start + 3]).rstrip())
    say(f"  数据 data    {instance.data}")
    say("  按 Ctrl-C 停止 (stop with Ctrl-C)")


def _cell(name: str, label: str) -> str:
    """``name label`` padded to one column; a Han character is two columns wide."""
    text = f"{name:<11}{label}"
    width = sum(2 if ord(character) > 0x2E7F else 1 for character in text)
    return text + " " * max(2, 30 - width)
