"""The list of what this installation runs. Adding a business module is one line here."""

KERNEL = [
    "zhengwu.kernel.ledger",
    "zhengwu.kernel.directory",
    "zhengwu.kernel.notifications",
    "zhengwu.kernel.files",
    "zhengwu.kernel.search",
    "zhengwu.kernel.clock",
    "zhengwu.kernel.flow",
    "zhengwu.kernel.matters",
    "zhengwu.kernel.cases",
    "zhengwu.kernel.publishing",
]
MODULES = [
    "zhengwu.modules.hall",
    "zhengwu.modules.certificates",
    "zhengwu.modules.supervision",
]
