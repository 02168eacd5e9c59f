from zhengwu.kernel.matters.models.matter import JointUnit, MasterMatter, Material, Matter
from zhengwu.kernel.matters.models.place import ServicePoint, Window
from zhengwu.kernel.matters.models.power import Law, LegalBasis, Power, PowerVersion

__all__ = ["JointUnit", "Law", "LegalBasis", "MasterMatter", "Material", "Matter", "Power", "PowerVersion",
           "ServicePoint", "Window"]
