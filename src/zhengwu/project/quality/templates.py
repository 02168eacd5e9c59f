"""Every template compiles: unknown tags, filters and missing parents are found before a visitor finds them."""

import re

from django.conf import settings
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates

from zhengwu.project.quality.tree import SOURCE, files, name

_NAMED = re.compile(r"{%\s*(?:extends|include)\s+\"([^\"]+)\"")


def find() -> list[str]:
    """Templates that do not compile or name others that do not exist."""
    engine = engines["django"]
    if not isinstance(engine, DjangoTemplates):
        raise TypeError(f"expected Django's own templates in {settings.TEMPLATES}")
    found = []
    for path in files(".html", ".txt", under="src"):
        parts = path.relative_to(SOURCE).parts
        if "templates" not in parts:
            continue
        short = "/".join(parts[parts.index("templates") + 1:])
        for wanted in (short, *_NAMED.findall(path.read_text())):
            try:
                engine.get_template(wanted)
            except (TemplateSyntaxError, TemplateDoesNotExist) as error:
                found.append(f"{name(path)}: {type(error).__name__}: {error}")
    return found
