"""The simulated provider's page, and the door where providers tell what came of a payment."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from zhengwu.kernel.directory.api import address_of, count_attempt, request_actor
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound
from zhengwu.modules.fees import providers
from zhengwu.modules.fees.models import Payment
from zhengwu.modules.fees.selectors import access_bill
from zhengwu.modules.fees.services.pay import settle_payment

CALLS_PER_HOUR = 600


@require_http_methods(["GET", "POST"])
@login_required
def simulated(request: HttpRequest, reference: str) -> HttpResponse:
    """/pay/simulated/<reference>/ — stands in for the bank: 付款 or 放弃."""
    payment = Payment.objects.filter(reference=reference, provider="simulated").first()
    if payment is None:
        raise NotFound("no-such-payment", "没有这笔支付", "no such payment")
    bill = access_bill(request_actor(request), payment.bill_id)
    if request.method == "GET":
        return render(request, "fees/simulated.html", {"payment": payment, "bill": bill})
    outcome = "paid" if request.POST.get("outcome") == "paid" else "failed"
    simulator = cast(providers.Simulated, providers.get("simulated"))
    done = settle_payment(reference=reference, outcome=outcome, cents=payment.cents,
                          signature=simulator.sign(f"{reference}:{outcome}:{payment.cents}"))
    if done.state == Payment.State.DONE:
        messages.success(request, f"缴费成功，电子票据号 {done.receipt}")
    else:
        messages.warning(request, "这次没有支付成功，没有扣款，可以再次缴费")
    return redirect("fees:bill", pk=bill.pk)


@csrf_exempt
@require_POST
def told(request: HttpRequest) -> JsonResponse:
    """/pay/told/ — a provider's server: reference, outcome (paid|failed), cents, signature. Signed, so no session."""
    count_attempt(key=f"pay-told:{address_of(request)}", limit=CALLS_PER_HOUR, minutes=60)
    payment = settle_payment(reference=request.POST.get("reference", "")[:40], outcome=request.POST.get("outcome", ""),
                             cents=whole(request.POST.get("cents")) or 0, signature=request.POST.get("signature", ""))
    return JsonResponse({"state": payment.state, "receipt": payment.receipt})
