from zhengwu.kernel.cases.models.case import Case
from zhengwu.kernel.cases.models.papers import Document, Draft, Series, Submission
from zhengwu.kernel.cases.models.step import Step, Timer

__all__ = ["Case", "Document", "Draft", "Series", "Step", "Submission", "Timer"]
