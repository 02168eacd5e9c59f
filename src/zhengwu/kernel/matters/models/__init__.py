from zhengwu.kernel.matters.models.matter import JointUnit, MasterMatter, Material, Matter
from zhengwu.kernel.matters.models.place import ServicePoint, Window

__all__ = ["JointUnit", "MasterMatter", "Material", "Matter", "ServicePoint", "Window"]
