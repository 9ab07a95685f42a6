"""A version put into service by the merchant's own word, going back as well as forward."""

from __future__ import annotations

from plugin.merchant import Merchant
from plugin.models.versions import publish_version


def publish_by_hand(merchant: Merchant, shop_id: str, version: str, *, force: bool = False) -> str | None:
    """Return the version that served before this one was put into service; the change is in the audit chain.

    A version that was kept back may be published so; one that does not load may not, and one that has seen
    no order only with `force`. Raises `NotFound` and
    `Refused`.
    """
    before = publish_version(merchant.shops, shop_id, version, force=force)
    merchant.audit(shop_id, "model.published", version=version, before=before)
    return before
