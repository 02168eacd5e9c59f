from zhengwu.modules.centre.models.desk import Complaint, Rota, Sitting
from zhengwu.modules.centre.models.month import Merit, Note, Rule, Sheet
from zhengwu.modules.centre.models.queue import Booking, Lane, LaneDay, Slot, Ticket

__all__ = ["Booking", "Complaint", "Lane", "LaneDay", "Merit", "Note", "Rota", "Rule", "Sheet", "Sitting", "Slot",
           "Ticket"]
