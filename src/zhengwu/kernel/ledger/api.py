"""The ledger's door: what other packages may call."""

from zhengwu.kernel.ledger.keys import trusted_keys
from zhengwu.kernel.ledger.proof import check_proof
from zhengwu.kernel.ledger.selectors import events_of, latest_seal, proof_of, proof_text, seal_dict, seals
from zhengwu.kernel.ledger.services.append import By, Entry, append
from zhengwu.kernel.ledger.services.seal import seal
from zhengwu.kernel.ledger.services.verify import Broken, Report, verify

__all__ = ["Broken", "By", "Entry", "Report", "append", "check_proof", "events_of", "latest_seal", "proof_of",
           "proof_text", "seal", "seal_dict", "seals", "trusted_keys", "verify"]
