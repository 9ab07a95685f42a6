"""Contexts learned anew, so that each that is found again keeps its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import orjson

from plugin.errors import RapportError
from plugin.models.learned_from import Material
from plugin.shops import Shops
from recommender.contexts import Former

if TYPE_CHECKING:
    from recommender.model import Model

NEXT_NUMBER = "context-numbers"


def learn_contexts(shops: Shops, shop_id: str, model: Model, material: Material) -> None:
    """Let a new model learn its contexts; those of the model in service that are found again keep their
    numbers, and no number is given twice in a shop, whichever of its models serves.
    """
    documents = shops.memory(shop_id).documents
    body = documents.get(NEXT_NUMBER)
    following = orjson.loads(body)["next"] if body else 1
    model.learn_contexts(material.interactions, material.cards, _former(shops, shop_id, following))
    assert model.contexts is not None
    following = int(model.contexts.next_[0])
    shops.put(shop_id, {NEXT_NUMBER: orjson.dumps({"next": following})})


def _former(shops: Shops, shop_id: str, following: int) -> Former:
    served = _in_service(shops, shop_id)
    if served is None or served.contexts is None:
        return Former((), np.zeros(0, np.int64), np.zeros((0, 0), np.float32), following)
    former = served.contexts.former(served.product_ids)
    return Former(former.product_ids, former.ids, former.fits, max(following, former.next_id))


def _in_service(shops: Shops, shop_id: str) -> Model | None:
    from plugin.models.versions import load_version

    version = shops.view(shop_id, fresh=True).model_version
    try:
        return load_version(shops, shop_id, version) if version is not None else None
    except RapportError:  # a damaged one tells nothing of its contexts
        return None
