"""Signing in on an old phone: allauth's own sign-in with all its checks and limits, on a page that fits."""

from allauth.account.views import LoginView
from django.contrib.auth import logout as end_session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST


class _Login(LoginView):
    """``next`` goes where the visitor came from; without it to the list of one's affairs."""

    template_name = "hall/m/login.html"
    success_url = reverse_lazy("hall:m_my")

    def get_default_success_url(self) -> str:
        return str(self.success_url)

    def get_success_url(self) -> str:
        """allauth answers with the address after sign-in of the whole site; here one stays on the small pages."""
        wanted = self.request.POST.get("next") or self.request.GET.get("next", "")
        return wanted if wanted.startswith("/m/") and "//" not in wanted else str(self.success_url)


login = _Login.as_view()


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    end_session(request)
    return redirect("hall:m_front")
