from zhengwu.modules.certificates.models.certificate import (
    EVENT_WORDS,
    HOLDER_CODE,
    Certificate,
    CertificateQuerySet,
    Series,
)
from zhengwu.modules.certificates.models.kind import CertificateType
from zhengwu.modules.certificates.models.life import CertificatePaper, HolderEnd, Renewal, StockImport
from zhengwu.modules.certificates.models.seal import Seal, SealUse
from zhengwu.modules.certificates.models.sharing import Access, Presentation, Sharing

__all__ = [
    "EVENT_WORDS",
    "HOLDER_CODE",
    "Access",
    "Certificate",
    "CertificatePaper",
    "CertificateQuerySet",
    "CertificateType",
    "HolderEnd",
    "Presentation",
    "Renewal",
    "Seal",
    "SealUse",
    "Series",
    "Sharing",
    "StockImport",
]
