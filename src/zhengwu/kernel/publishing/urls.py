from django.urls import path

from zhengwu.kernel.publishing.views import publicity, sunshine

app_name = "publishing"
urlpatterns = [
    path("publicity/", publicity.listing, name="publicity"),
    path("publicity/feed.atom", publicity.feed, name="feed"),
    path("publicity/<int:pk>/", publicity.detail, name="detail"),
    path("publicity/<int:pk>/proof-<int:seq>.json", publicity.proof, name="proof"),
    path("publicity/<int:pk>/withdraw/", publicity.take_back, name="withdraw"),
    path("sunshine/", sunshine.page, name="sunshine"),
]
