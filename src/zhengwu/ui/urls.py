"""Pages the design system owns: elders' mode, about this site, the style guide."""

from django.urls import path

from zhengwu.ui.views.about import about
from zhengwu.ui.views.large import large
from zhengwu.ui.views.styleguide import styleguide

app_name = "ui"
urlpatterns = [
    path("mode/large/", large, name="large"),
    path("about/", about, name="about"),
    path("styleguide/", styleguide, name="styleguide"),
    path("styleguide/<slug:page>/", styleguide, name="styleguide_page"),
]
