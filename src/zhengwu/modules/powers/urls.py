from django.urls import path

from zhengwu.modules.powers.views import cleanups, desk, imports, public

app_name = "powers"
urlpatterns = [
    path("powers/", public.index, name="index"),
    path("powers/export.<str:kind>", public.export, name="export"),
    path("powers/<str:code>/", public.detail, name="power"),
    path("powers/<str:code>/versions/<int:number>/", public.compare, name="version"),
    path("desk/powers/", desk.index, name="desk"),
    path("desk/powers/export.<str:kind>", desk.export, name="desk_export"),
    path("desk/powers/new/", desk.new, name="new"),
    path("desk/powers/laws/", desk.laws, name="laws"),
    path("desk/powers/imports/", imports.index, name="imports"),
    path("desk/powers/imports/template.<str:kind>", imports.template, name="import_template"),
    path("desk/powers/imports/<int:pk>/", imports.job, name="import"),
    path("desk/powers/imports/<int:pk>/take/", imports.take, name="import_take"),
    path("desk/powers/imports/<int:pk>/faults.csv", imports.faults, name="import_faults"),
    path("desk/powers/cleanups/", cleanups.index, name="cleanups"),
    path("desk/powers/cleanups/<int:pk>/", cleanups.board, name="cleanup"),
    path("desk/powers/cleanups/<int:pk>/publish/", cleanups.close, name="cleanup_publish"),
    path("desk/powers/cleanups/<int:pk>/forms/<str:name>/", cleanups.form, name="cleanup_form"),
    path("desk/powers/cleanups/<int:pk>/forms/<str:name>.<str:kind>", cleanups.form_file, name="cleanup_file"),
    path("desk/powers/cleanups/tasks/<int:pk>/", cleanups.task, name="task"),
    path("desk/powers/cleanups/tasks/<int:pk>/<str:deed>/", cleanups.act, name="task_act"),
    path("desk/powers/compare/", cleanups.comparison, name="compare"),
    path("desk/powers/changes/", desk.changes, name="changes"),
    path("desk/powers/changes/<int:pk>/", desk.change, name="change"),
    path("desk/powers/changes/<int:pk>/edit/", desk.edit, name="edit"),
    path("desk/powers/changes/<int:pk>/<str:deed>/", desk.act, name="act"),
    path("desk/powers/<str:code>/", desk.detail, name="desk_power"),
    path("desk/powers/<str:code>/alter/", desk.alter, name="alter"),
    path("desk/powers/<str:code>/end/<str:change>/", desk.end, name="end"),
]
