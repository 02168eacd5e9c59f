"""/deadline/: anybody reckons a limit and sees it day by day."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhengwu.kernel.clock.calculator import calculate
from zhengwu.lib.now import today
from zhengwu.lib.problem import Problem
from zhengwu.lib.workdays import Explanation, Unit


class DeadlineForm(forms.Form):
    """A GET form, so that an answer has an address."""

    start = forms.DateField(label="起算日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                            help_text="受理、送达等事件发生的当天；当天不计入期限",
                            error_messages={"required": "请选择起算日期", "invalid": "日期应如 2026-02-09"})
    limit = forms.IntegerField(label="时限", min_value=1, error_messages={
        "required": "请填写时限", "invalid": "时限应为整数", "min_value": "时限至少为 1"})
    unit = forms.ChoiceField(label="单位", choices=[(unit.value, unit.label) for unit in Unit],
                             error_messages={"invalid_choice": "没有这个单位", "required": "请选择单位"})
    time = forms.TimeField(label="起算时刻", required=False, help_text="按小时、工作时计算时填写",
                           widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                           error_messages={"invalid": "时刻应如 10:00"})

    def explanation(self) -> Explanation | None:
        """The answer, or ``None`` with the refusal written to the field at fault."""
        if not self.is_valid():
            return None
        data, start = self.cleaned_data, self.cleaned_data["start"].isoformat()
        by_day = Unit(data["unit"]).by_day
        if not by_day and data["time"] is None:
            self.add_error("time", "按小时、工作时计算须填写起算时刻")
            return None
        try:
            return calculate(start if by_day else f"{start}T{data['time']:%H:%M}", data["limit"], data["unit"])
        except Problem as problem:
            self.add_error(problem.field if problem.field in self.fields else None, problem.zh)
            return None


@require_safe
def deadline(request: HttpRequest) -> HttpResponse:
    """The form; with a query also the answer. Refusals are answered 200 with the form filled as it was."""
    first: dict[str, Any] = {"start": today(), "limit": 20, "unit": Unit.WORKING_DAY.value}
    asked = any(name in request.GET for name in DeadlineForm.base_fields)
    form = DeadlineForm(request.GET) if asked else DeadlineForm(initial=first)
    return render(request, "clock/deadline.html",
                  {"form": form, "told": form.explanation() if asked else None})
