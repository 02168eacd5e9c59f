"""The roles of everybody who works here."""

from django.db import models


class Role(models.TextChoices):
    """A role is held at a unit; what it may see there is in ``actor.py``."""

    CLERK = "clerk", "窗口人员"
    OFFICER = "officer", "承办人"
    HEAD = "head", "审核人"
    LEADER = "leader", "分管领导"
    LEGAL = "legal", "法制审核"
    INSPECTOR = "inspector", "监察人员"
    EDITOR = "editor", "信息员"
    DUTY = "duty", "值班员"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全管理员"
    AUDITOR = "auditor", "审计管理员"


WORKERS = frozenset({Role.CLERK, Role.OFFICER, Role.HEAD, Role.LEADER, Role.LEGAL})
"""Roles that hold steps of cases."""

ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})
"""The three administrators (三员): mutually exclusive, none with business rights."""
