from zhengwu.modules.fees.models.bill import Bill, Line, Payment, Waiver
from zhengwu.modules.fees.models.register import Charge, Standard
from zhengwu.modules.fees.models.report import Report, Statement

__all__ = ["Bill", "Charge", "Line", "Payment", "Report", "Standard", "Statement", "Waiver"]
