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
from recommender.errors import DamagedModel

if TYPE_CHECKING:
    from recommender.model import Model

log = logging.getLogger(__name__)

FRESH_FOR_S = 1.0
ORIGINS_FRESH_FOR_S = 2.0
LOOK_AGAIN_S = 30.0  # at a model that was refused: somebody may have put it right
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
        self._refused: dict[str, tuple[str, float, str]] = {}  # by shop: version, until when, the fault

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
        """Return the model in service, or the last good one when the published one is damaged or foreign."""
        held = self._models.get(shop.shop_id)
        wanted = shop.model_version
        if wanted is None:
            return None
        if held is not None and held.version == wanted:
            self._refused.pop(shop.shop_id, None)
            return held
        version, until, _ = self._refused.get(shop.shop_id, ("", 0.0, ""))
        if version == wanted and self._clock() < until:
            return held
        try:
            held = self._models[shop.shop_id] = self._loaded(shop.shop_id, wanted)
            self._refused.pop(shop.shop_id, None)
        except (DamagedModel, OSError) as error:
            fault = f"{error.file}: {error.fault}" if isinstance(error, DamagedModel) else str(error.strerror)
            if held is None:
                held = self._last_good(shop.shop_id, wanted)
            told = f"{held.version} goes on serving" if held else "none serves"
            if version != wanted:
                log.error("model %s of shop %s is refused, %s: %s", wanted, shop.shop_id, told, error)
            self._refused[shop.shop_id] = (wanted, self._clock() + LOOK_AGAIN_S, fault)
        return held

    def _loaded(self, shop_id: str, version: str) -> Model:
        # The learning libraries take a second to import; only a process that serves or learns needs them.
        from recommender.model import Model

        return Model.load(self.memory(shop_id).models / version, owner=shop_id)

    def _last_good(self, shop_id: str, refused: str) -> Model | None:
        """Return the newest whole version older than one that was refused; a restart forgets which served."""
        from plugin.models.versions import before_that

        version = refused
        while True:
            try:
                version = before_that(self, shop_id, version)
                return self._models.setdefault(shop_id, self._loaded(shop_id, version))
            except RapportError:
                return None
            except (DamagedModel, OSError):
                continue

    def refused_model(self, shop_id: str) -> tuple[str, str, str | None] | None:
        """Return a published model that does not load, its fault, and what serves instead; else None."""
        if shop_id not in self._refused:
            return None
        held = self._models.get(shop_id)
        version, _, fault = self._refused[shop_id]
        return version, fault, held.version if held else None
