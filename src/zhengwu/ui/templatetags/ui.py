"""The design system as template tags and filters; a builtin library, so pages need no ``{% load %}``.

Tags live by theme in ``zhengwu.ui.tags``; ``/styleguide/`` shows each of them with its states.
"""

from django.template import Library

from zhengwu.ui.tags import forms, layout, lists, text, work

register = Library()
for _part in (text, layout, lists, forms, work):
    register.tags.update(_part.register.tags)
    register.filters.update(_part.register.filters)
