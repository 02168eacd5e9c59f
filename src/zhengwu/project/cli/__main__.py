"""`python -m zhengwu.project.cli COMMAND …`: finds the command's file, lets it read its arguments, runs it."""

import argparse
import importlib
import os
import sys
from types import ModuleType

# command -> (file in this package, 中文, English)
COMMANDS = {
    "up": ("up", "启动整个系统（数据库、网站、后台任务）", "run everything: database, web, worker"),
    "demo": ("demo", "像四个人一样把一件事从申请办到发证", "walk the main job from outside over HTTP"),
    "test": ("test", "运行测试", "run the tests"),
    "check": ("check", "检查代码：格式、类型、分层、迁移、模板", "lint, types, walls, migrations, templates"),
    "bench": ("bench", "性能测量", "measure"),
    "shots": ("shots", "从运行中的系统截图", "make the screenshots from the running product"),
    "seal": ("seal", "封存账本", "seal the ledger now"),
    "ledger": ("ledger", "ledger verify：校验整个账本", "ledger verify: check every event and seal"),
    "verify-proof": ("verify_proof", "离线校验一份存证证明", "check a proof file off line"),
    "manage": ("manage", "在本实例上运行 Django 管理命令", "run a Django management command on this instance"),
}


def usage() -> str:
    """The list of commands."""
    lines = ["政务 Zhengwu", "", "用法 usage: ./zw COMMAND [options]    (./zw COMMAND --help)", ""]
    for name, (_, zh, en) in COMMANDS.items():
        lines.append(f"  {name:<14}{zh}")
        lines.append(f"  {'':<14}{en}")
    return "\n".join(lines)


def command(name: str) -> ModuleType:
    """The module of a command: ``arguments(parser)`` and ``run(options) -> int``."""
    return importlib.import_module(f"zhengwu.project.cli.{COMMANDS[name][0]}")


def main(argv: list[str]) -> int:
    """Returns the exit code: 0 done, 1 refused or failed, 2 wrong usage."""
    name = argv[0] if argv else "help"
    if name in ("help", "-h", "--help"):
        print(usage())
        return 0
    if name not in COMMANDS:
        print(f"zw: 没有这个命令（unknown command）：{name}\n\n{usage()}", file=sys.stderr)
        return 2
    module = command(name)
    _, zh, en = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"zw {name}", description=f"{zh}（{en}）",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    module.arguments(parser)
    if getattr(module, "PASS_ON", False):  # everything behind the command belongs to another program
        return int(module.run(parser.parse_args([]), argv[1:]))
    return int(module.run(parser.parse_args(argv[1:])))


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
