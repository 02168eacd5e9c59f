"""Chinese on every screen: no English sentence in a template's visible text, and catalogues that hold together."""

import re
import shutil
import subprocess

from zhengwu.project.quality.tree import files, name

_CODE = re.compile(r"<(script|style|code|pre|kbd)\b.*?</\1>|{%\s*comment.*?endcomment\s*%}|<!--.*?-->|{#.*?#}", re.S)
_TEMPLATE = re.compile(r"{{.*?}}|{%.*?%}", re.S)
_VISIBLE = re.compile(r">([^<>]+)<|(?:placeholder|title|aria-label|alt)=\"([^\"]*)\"")
_ENGLISH = re.compile(r"\b[A-Za-z]{3,}(?:[ ,]+[A-Za-z]{2,})+\b")


def find() -> list[str]:
    """Templates that show English, and .po files with gaps or broken entries."""
    found = []
    for path in files(".html", under="src"):
        text = _TEMPLATE.sub(" ", _CODE.sub(" ", path.read_text()))
        for match in _VISIBLE.finditer(text):
            shown = match.group(1) or match.group(2) or ""
            if (english := _ENGLISH.search(shown)) and not re.search(r"[\u4e00-\u9fff]", shown):
                found.append(f"{name(path)}: shows English: {english.group()}")
    for path in files(".po", under="src"):
        found += _catalogue(str(path), name(path))
    return found


def _catalogue(path: str, shown: str) -> list[str]:
    tool = shutil.which("msgfmt")
    if tool is None:
        return [f"{shown}: msgfmt (gettext) is needed to check this catalogue"]
    done = subprocess.run([tool, "--check", "--statistics", "-o", "/dev/null", path], capture_output=True, text=True,
                          check=False)
    gaps = re.search(r"\d+ (?:fuzzy|untranslated)", done.stderr)
    return [f"{shown}: {done.stderr.strip()}"] if done.returncode or gaps else []
