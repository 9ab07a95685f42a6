"""Which version a shop goes back to when it is told to, and no version is named."""

from __future__ import annotations

from plugin.errors import NotFound, Refused
from plugin.models.versions import load_version, versions
from plugin.shops import Shops


def to_go_back_to(shops: Shops, shop_id: str) -> str:
    """Return the newest version that loads before the one in service.

    Where the one in service does not load itself and nothing before it does, the newest one after it. Only
    those count that are fit to serve by themselves and have seen an order. Raises `Refused` when there is
    none.
    """
    serving = shops.view(shop_id, fresh=True).model_version
    fit = [name for name, each in versions(shops, shop_id).items() if each.is_fit and not each.saw_no_order]
    for name in fit:
        if (serving is None or name < serving) and _loads(shops, shop_id, name):
            return name
    if serving is None or _loads(shops, shop_id, serving):
        raise Refused("There is no earlier version to go back to.")
    for name in fit:
        if name > serving and _loads(shops, shop_id, name):
            return name
    raise Refused(
        f"Model {serving} cannot serve, and neither can any other that was fit to; train a new one."
    )


def _loads(shops: Shops, shop_id: str, version: str) -> bool:
    try:
        load_version(shops, shop_id, version)
    except (NotFound, Refused):
        return False
    return True
