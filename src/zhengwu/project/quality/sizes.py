"""Files of at most 400 lines, functions of at most 60: what one person can hold in mind."""

import ast
from pathlib import Path

from zhengwu.project.quality.tree import files, name

FILE_LINES = 400
FUNCTION_LINES = 60


def find() -> list[str]:
    """Files and functions that are too long (migrations and tests' data excepted from the function rule)."""
    found: list[str] = []
    for path in files(".py", under="src"):
        if "migrations" not in path.parts:
            found += _of_file(path)
    for folder in ("tests", "benchmarks"):
        for path in files(".py", under=folder):
            found += _of_file(path)
    for path in files(".html", ".css", ".js", under="src"):
        if "vendor" not in path.parts and path.suffix != ".svg":
            found += _too_many_lines(path, path.read_text().count("\n"))
    return found


def _too_many_lines(path: Path, lines: int) -> list[str]:
    return [f"{name(path)}: {lines} lines (at most {FILE_LINES})"] if lines > FILE_LINES else []


def _of_file(path: Path) -> list[str]:
    text = path.read_text()
    found = _too_many_lines(path, text.count("\n"))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES:
                found.append(f"{name(path)}:{node.lineno}: {node.name} has {lines} lines (at most {FUNCTION_LINES})")
    return found
