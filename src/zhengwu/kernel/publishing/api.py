"""The public face of publishing: how any package makes its business public."""

from zhengwu.kernel.publishing.models import Publication
from zhengwu.kernel.publishing.selectors import Period, access_publication, published
from zhengwu.kernel.publishing.services.publish import may_withdraw, publish, withdraw

__all__ = ["Period", "Publication", "access_publication", "may_withdraw", "publish", "published", "withdraw"]
