"""The case: what was asked of whom, and where it stands."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from zhengwu.kernel.directory.api import WORKERS, Actor, Role
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.flow.models import Version
from zhengwu.kernel.matters.models import Matter


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: Actor) -> "CaseQuerySet":
        """The one rule of who may see a case, as a query.

        An applicant sees what they asked; who works sees what their units take part in; an inspector sees the area
        they inspect. Administrators (三员) and everybody else see none.
        """
        if actor.kind == "system":
            return self
        rule = Q(pk__in=[])
        if actor.account_id:
            rule |= Q(applicant_id=actor.account_id)
        units = actor.unit_ids(*WORKERS)
        if units:
            rule |= Q(unit_ids__overlap=units)
        for prefix in actor.division_prefixes(Role.INSPECTOR):
            rule |= Q(division__code__startswith=prefix)
        return self.filter(rule)

    def with_facts(self) -> "CaseQuerySet":
        return self.select_related("matter", "unit", "division", "version__definition", "applicant")


class Case(models.Model):
    """Something that must be answered in time. Changed only by the services of this package."""

    number = models.CharField("办件编号", max_length=50, unique=True)
    kind = models.CharField("种类", max_length=20)
    title = models.CharField("事项", max_length=200)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="cases")
    division = models.ForeignKey(Division, models.PROTECT, related_name="cases")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases", verbose_name="主办单位")
    unit_ids = ArrayField(models.BigIntegerField(), verbose_name="参与单位")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cases")
    applicant_name = models.CharField("申请人", max_length=100)
    form = models.JSONField("申请内容", default=dict)
    state = models.CharField("状态", max_length=16)
    version = models.ForeignKey(Version, models.PROTECT, related_name="cases", verbose_name="流程图版本")
    flow = models.JSONField("流程状态", default=dict)
    revision = models.IntegerField(default=1)
    due_at = models.DateTimeField("承诺办结时间", null=True)
    warn_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField("申请时间")
    accepted_at = models.DateTimeField("受理时间", null=True)
    decided_at = models.DateTimeField("决定时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    archived_at = models.DateTimeField("归档时间", null=True)
    open_key = models.CharField(max_length=80, null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["applicant", "open_key"], name="case_open_once"),
            models.CheckConstraint(
                condition=Q(archived_at=None) | Q(closed_at__isnull=False, archived_at__gte=F("closed_at")),
                name="case_archived_after_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["applicant", "-opened_at"], name="case_by_applicant"),
            models.Index(fields=["unit", "-opened_at"], name="case_by_unit"),
            models.Index(fields=["division", "-opened_at"], name="case_by_division"),
            models.Index(fields=["closed_at"], name="case_to_archive", condition=Q(archived_at=None)),
            GinIndex(fields=["unit_ids"], name="case_by_units", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def etag(self) -> str:
        return f'"{self.revision}"'
