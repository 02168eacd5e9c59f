"""No path of somebody's machine in the tree: it would work for that person only."""

import re

from zhengwu.project.quality.tree import files, name

_MACHINE = re.compile(r"(?<![\w.~$}/-])/(?:home/[a-z]\w*|Users/[A-Za-z]\w*|root|work|workspace|mnt/[a-z])/[\w.-]")
_TEXT = (".py", ".md", ".toml", ".sh", ".html", ".css", ".js", ".json", ".yml", ".yaml", ".txt", ".cfg", ".ini", "")


def find() -> list[str]:
    """Lines that name such a path."""
    found = []
    for path in files(*_TEXT):
        if path.name.endswith(".lock") or "vendor" in path.parts or path.name == "paths.py":
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if match := _MACHINE.search(line):
                found.append(f"{name(path)}:{number}: {match.group()}…")
    return found
