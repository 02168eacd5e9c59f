from django.urls import path

from zhengwu.modules.charts.views import comparison, definitions, editor, packages, rehearsal, release, transfer

app_name = "charts"
urlpatterns = [
    path("desk/charts/", definitions.listing, name="list"),
    path("desk/charts/export.<str:kind>", definitions.export, name="export"),
    path("desk/charts/new/", definitions.new, name="new"),
    path("desk/charts/import/", definitions.bring, name="import"),
    path("desk/charts/of/<str:key>/", definitions.page, name="definition"),
    path("desk/charts/of/<str:key>/<int:number>.bpmn", definitions.file, name="version-file"),
    path("desk/charts/of/<str:key>/<int:number>/", definitions.version, name="version"),
    path("desk/charts/of/<str:key>/<int:number>/draft/", definitions.draft, name="draft-from"),
    path("desk/charts/of/<str:key>/<int:number>/rehearsal/", rehearsal.of_version, name="version-rehearsal"),
    path("desk/charts/of/<str:key>/compare/", comparison.page, name="compare"),
    path("desk/charts/of/<str:key>/withdraw/", release.withdraw_page, name="withdraw"),
    path("desk/charts/of/<str:key>/migrate/", transfer.prepare, name="migrate"),
    path("desk/charts/transfers/<int:transfer_id>/", transfer.progress, name="transfer"),
    path("desk/charts/transfers/<int:transfer_id>/export.<str:kind>", transfer.export, name="transfer-export"),
    path("desk/charts/transfers/<int:transfer_id>/stop/", transfer.halt, name="transfer-stop"),
    path("desk/charts/drafts/<int:draft_id>/", editor.page, name="draft"),
    path("desk/charts/drafts/<int:draft_id>/chart.bpmn", editor.file, name="draft-file"),
    path("desk/charts/drafts/<int:draft_id>/save/", editor.save_drawing, name="save"),
    path("desk/charts/drafts/<int:draft_id>/upload/", editor.upload, name="upload"),
    path("desk/charts/drafts/<int:draft_id>/layout/", editor.layout, name="layout"),
    path("desk/charts/drafts/<int:draft_id>/drop/", editor.drop_draft, name="drop"),
    path("desk/charts/drafts/<int:draft_id>/rehearsal/", rehearsal.of_draft, name="draft-rehearsal"),
    path("desk/charts/drafts/<int:draft_id>/publish/", release.publish_page, name="publish"),
    path("desk/charts/drafts/<int:draft_id>/call-off/", release.call_off_plan, name="call-off"),
    path("desk/charts/packages/", packages.listing, name="packages"),
    path("desk/charts/packages/export/", packages.export, name="package-export"),
    path("desk/charts/packages/<int:package_id>/", packages.page, name="package"),
]
