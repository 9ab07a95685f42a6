"""All shops of this process: live views of their documents, and the models in service."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from plugin.errors import RapportError
from plugin.shop import Shop
from plugin.store.memory import ShopMemory, Store

if TYPE_CHECKING:
    from recommender.model import Model

log = logging.getLogger(__name__)

FRESH_FOR_S = 1.0
ORIGINS_FRESH_FOR_S = 2.0
MOST_WARMED = 20  # shops; an installation of many loads the others as they are asked for


class Shops:
    """The shops of one store, each mirrored and kept fresh. Safe to share between threads."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._clock = clock
        self._views: dict[str, Shop] = {}
        self._looked: dict[str, float] = {}
        self._lock = threading.Lock()
        self._origins: tuple[float, frozenset[str]] | None = None
        self._models: dict[str, Model] = {}
        self._refused: dict[str, str] = {}

    def memory(self, shop_id: str) -> ShopMemory:
        """Return the memory of a shop."""
        return self.store.shop(shop_id)

    def view(self, shop_id: str, *, fresh: bool = False) -> Shop:
        """Return the live view of a shop, at most a second old (with `fresh`: as of now).

        A shop that does not exist has a view without keys: nothing opens it.
        """
        now = self._clock()
        view = self._views.get(shop_id)
        if view is None or fresh or now - self._looked.get(shop_id, -math.inf) > FRESH_FOR_S:
            view = self._refresh(shop_id)
            if view.version:
                self._looked[shop_id] = now
        return view

    def at(self, shop_id: str, version: int) -> Shop:
        """Return the view of a shop that knows at least this version of its documents."""
        view = self._views.get(shop_id)
        return view if view is not None and view.version >= version else self._refresh(shop_id)

    def _refresh(self, shop_id: str) -> Shop:
        with self._lock:
            view = self._views.get(shop_id) or Shop(shop_id)
            changes = self.memory(shop_id).documents.changes_since(view.version)
            if changes.version < view.version:  # deleted: what was known of it opens nothing any more
                self._views.pop(shop_id, None)
                view, changes = Shop(shop_id), self.memory(shop_id).documents.changes_since(0)
            if changes.version != view.version:
                view.take(changes.version, changes.bodies)
            if view.version:  # a shop that does not exist leaves no trace
                self._views[shop_id] = view
            return view

    def put(
        self, shop_id: str, bodies: Mapping[str, bytes | None], history: Mapping[str, bytes] | None = None
    ) -> Shop:
        """Change documents of a shop and return its view with the change in it."""
        self.memory(shop_id).documents.put(bodies, history)
        return self.view(shop_id, fresh=True)

    def warm(self) -> None:
        """Load what is in service now, so that a first visitor waits no longer than the next."""
        try:
            for shop_id in self.store.shops()[:MOST_WARMED]:
                self.model(self.view(shop_id))
        except RapportError as error:
            log.warning("nothing is warmed: %s", error.detail)

    def origins(self) -> frozenset[str]:
        """Return every origin that some shop lists, at most a few seconds old."""
        now = self._clock()
        if self._origins is None or now - self._origins[0] > ORIGINS_FRESH_FOR_S:
            listed = (self.view(shop_id).settings.origins for shop_id in self.store.shops())
            self._origins = (now, frozenset(origin for origins in listed for origin in origins))
        return self._origins[1]

    def model(self, shop: Shop) -> Model | None:
        """Return the model in service, or the last one that was whole when the published one is damaged."""
        held = self._models.get(shop.shop_id)
        wanted = shop.model_version
        if (
            wanted is None
            or (held is not None and held.version == wanted)
            or self._refused.get(shop.shop_id) == wanted
        ):
            return held if wanted is not None else None
        # The learning libraries take a second to import; only a process that serves or learns needs them.
        from recommender.errors import DamagedModel
        from recommender.model import Model

        try:
            held = self._models[shop.shop_id] = Model.load(self.memory(shop.shop_id).models / wanted)
            self._refused.pop(shop.shop_id, None)
        except (DamagedModel, OSError) as error:
            log.error("model %s of shop %s is refused: %s", wanted, shop.shop_id, error)
            self._refused[shop.shop_id] = wanted
        return held

    def refused_model(self, shop_id: str) -> str | None:
        """Return the version of a published model that does not load, or None."""
        return self._refused.get(shop_id)
