"""The desk's pages of people: my posts and deputies, units, accounts, appointments, the auditor's ledger."""

from django.urls import path

from zhengwu.kernel.directory.views import accounts, ledger, mine, posts, units

app_name = "directory"
urlpatterns = [
    path("desk/account/", mine.account, name="account"),
    path("desk/account/deputy/", mine.set_deputy, name="set_deputy"),
    path("desk/account/deputy/<int:pk>/end/", mine.end, name="end_deputy"),
    path("desk/units/", units.units, name="units"),
    path("desk/accounts/", accounts.accounts, name="accounts"),
    path("desk/accounts/<int:pk>/", accounts.one, name="one"),
    path("desk/accounts/<int:pk>/active/", accounts.active, name="active"),
    path("desk/accounts/<int:pk>/appoint/", posts.appoint_to, name="appoint"),
    path("desk/posts/", posts.posts, name="posts"),
    path("desk/posts/<int:pk>/end/", posts.end, name="relieve"),
    path("desk/ledger/", ledger.search, name="ledger"),
    path("desk/ledger/verify/", ledger.verify_now, name="ledger_verify"),
    path("desk/ledger/seal/", ledger.seal_now, name="ledger_seal"),
]
