"""`python -m zhengwu.project.quality RULE`: prints what the rule finds; exit code 1 when it finds something."""

import os
import sys
from importlib import import_module

# rule -> module:function, and whether Django must be set up first
RULES = {
    "sizes": ("sizes:find", False),
    "paths": ("paths:find", False),
    "texts": ("texts:find", False),
    "migrations": ("migrations:find", True),
    "templates": ("templates:find", True),
}


def main(rule: str) -> int:
    """Runs one rule."""
    target, needs_django = RULES[rule]
    if needs_django:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengwu.project.settings.test")
        import django

        django.setup()
    module, _, function = target.partition(":")
    found: list[str] = getattr(import_module(f"zhengwu.project.quality.{module}"), function)()
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
