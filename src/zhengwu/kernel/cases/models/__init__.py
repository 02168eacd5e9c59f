from zhengwu.kernel.cases.models.case import Case
from zhengwu.kernel.cases.models.circulation import Circulation
from zhengwu.kernel.cases.models.papers import Document, Draft, Series, Submission
from zhengwu.kernel.cases.models.party import Mandate, Party
from zhengwu.kernel.cases.models.step import Step, Timer

__all__ = ["Case", "Circulation", "Document", "Draft", "Mandate", "Party", "Series", "Step", "Submission", "Timer"]
