"""/api/v1/sms/inbound: the door by which a gateway of the operators hands in what people sent."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from zhengwu.kernel.directory.api import Role
from zhengwu.kernel.directory.http import actor, signed_in
from zhengwu.kernel.notifications.inbound import KEY_MAX, TEXT_MAX, receive
from zhengwu.lib.problem import Denied

router = Router(tags=["sms"])


class SmsIn(Schema):
    """One message as it came in."""

    sender: str = Field(description="mobile number of the sender", max_length=20)
    text: str = Field(max_length=TEXT_MAX)
    key: str = Field(description="the gateway's id of this message; the same id again does nothing", max_length=KEY_MAX)
    at: AwareDatetime | None = Field(None, description="when it was sent; now when left out")


class SmsOut(Schema):
    reply: str = Field(description="what goes back through the outbox; empty for none")


@router.post(
    "sms/inbound", auth=signed_in, response=SmsOut, summary="收到一条短信（短信网关）", operation_id="receiveSms"
)
def inbound(request: HttpRequest, data: SmsIn) -> dict[str, str]:
    """For a token of the system administrator with the scope ``work``: a gateway speaks for every number."""
    who = actor(request, "work")
    if not who.has_role(Role.SYSADMIN):
        raise Denied("role-needed", "短信网关须使用系统管理员发放的令牌", "a gateway uses the administrator's token")
    at: datetime | None = data.at
    return {"reply": receive(sender_phone=data.sender, text=data.text, at=at, key=data.key)}
