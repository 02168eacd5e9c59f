"""送达: certificates and papers by post. The applicant chooses it, the clerk hands the parcel over, the carrier's
events are followed, and the signature at the door completes the delivery step (行政许可法 §44: ten days; 送达回证)."""
