"""What a shop platform delivers: proven, read by its connector, and kept, each thing once."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from plugin.activity import Shopper
from plugin.connectors.platforms import Connector, Delivery, PrivacyRequest, Told, is_authentic
from plugin.connectors.rejects import Unusable
from plugin.errors import Invalid, RapportError, Refused
from plugin.intake.platform_products import Check, PlatformProducts, ProductsTaken
from plugin.intake.privacy_requests import REQUEST
from plugin.intake.unusable import keepable
from plugin.merchant import Merchant
from plugin.shop import Shop
from plugin.store.activities import Outcome
from plugin.store.dead_letters import Letter

if TYPE_CHECKING:
    from plugin.storefront import Storefront

log = logging.getLogger(__name__)

NOBODYS_SECRET = secrets.token_hex(16)  # what a shop without a secret is judged by: nothing fits it
LEFT = "uninstalled"  # after the platform's name: the secret of a shop that has left

Erase = Callable[[str, Shopper], str]
"""Erases a shopper of a shop (by its id) and returns the erasure's id."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a delivery; `ignored` says why nothing of it was used."""

    accepted: int = 0
    duplicates: int = 0
    products: int = 0
    hidden: int = 0
    request: str | None = None
    ignored: str | None = None


class Deliveries:
    """Takes the platforms' deliveries for all shops. `erase` carries out what is asked for a person."""

    def __init__(
        self, front: Storefront, merchant: Merchant, check: Check, erase: Erase | None = None
    ) -> None:
        self._front = front
        self._merchant = merchant
        self._products = PlatformProducts(front.shops, front.clock, check)
        self._erase = erase

    def authentic(self, shop_id: str, connector: Connector, topic: str, body: bytes, given: str) -> bool:
        """Whether a body was signed with a secret of this shop that opens for this topic.

        A shop that does not exist, or has no secret, takes as long to say no as one that has.
        """
        for fresh in (False, True):  # a secret may have been set just now, by another process
            view = self._front.shops.view(shop_id, fresh=fresh)
            if is_authentic(secrets_of(view, connector, topic) or [NOBODYS_SECRET], body, given):
                return True
        return False

    def awaited(self, shop_id: str, connector: Connector) -> bool:
        """Whether the shop has a secret for this platform."""
        return bool(secrets_of(self._front.shops.view(shop_id, fresh=True), connector, ""))

    def take(
        self, shop_id: str, connector: Connector, topic: str, body: Mapping[str, Any], site: str | None
    ) -> Taken:
        """Return what came of an authentic delivery. What cannot be read is put aside, and said.

        Everything kept is on disk when this returns; delivered again it changes nothing.
        """
        message = {"webhook": connector.name, "topic": topic, "body": body, "site": site}
        try:
            taken = self._read(shop_id, connector, message, self._front.clock())
        except (Unusable, Invalid) as fault:
            self._put_aside(shop_id, message, fault)
            taken = Taken(ignored=f"unusable: {fault.detail}")
        self._count(shop_id, connector, topic, taken)
        return taken

    def again(
        self, connectors: Mapping[str, Connector], shop_id: str, message: Any, received_at: float
    ) -> Taken:
        """Return what comes of a message that was put aside, as it was or put right, read once more.

        Raises `Unusable` or `Invalid` when it still cannot be read.
        """
        held: dict[str, Any] = message if isinstance(message, dict) else {}
        name, topic, body = (held.get(part) for part in ("webhook", "topic", "body"))
        if (
            not isinstance(name, str)
            or name not in connectors
            or not isinstance(topic, str)
            or not isinstance(body, dict)
        ):
            raise Unusable("invalid", "A delivery has a /webhook, a /topic and a /body, as it was listed.")
        return self._read(shop_id, connectors[name], held, received_at)

    def _read(
        self, shop_id: str, connector: Connector, message: Mapping[str, Any], received_at: float
    ) -> Taken:
        view, body, site = self._front.shops.view(shop_id), message["body"], message.get("site")
        catalogue = view.catalogue
        delivery = Delivery(
            message["topic"],
            body,
            received_at,
            view.settings.currency,
            lambda each: catalogue.get(each) is not None,
            site if isinstance(site, str) else None,
        )
        return self._kept(shop_id, connector, connector.read(delivery), body)

    def _kept(self, shop_id: str, connector: Connector, told: Told, body: Mapping[str, Any]) -> Taken:
        if told.uninstalled:
            return self._close(shop_id, connector, body)
        if told.privacy is not None:
            if self._is_erased(shop_id, told.privacy):
                return Taken(ignored="nothing is known of this person any more")
            return Taken(request=self._asked_for(shop_id, connector, told.privacy, body))
        products = ProductsTaken()
        if told.products or told.family is not None:
            products = self._products.take(shop_id, connector.name, told.products, told.family)
        outcomes = self._front.record(shop_id, told.activities) if told.activities else []
        return Taken(
            accepted=len(outcomes),
            duplicates=outcomes.count(Outcome.REPEATED),
            products=products.changed,
            hidden=products.hidden,
            ignored=told.ignored,
        )

    def _close(self, shop_id: str, connector: Connector, body: Mapping[str, Any]) -> Taken:
        """The shop has left: its secret opens for what the platform still has to say, and nothing else.

        The same goodbye that comes late, after the shop is connected again, closes nothing.
        """
        documents, name = self._front.shops.memory(shop_id).documents, f"goodbye/{connector.name}"
        mark = _fingerprint(body)
        if documents.get(name) == mark:
            return Taken(ignored="said before")
        held = self._front.shops.view(shop_id, fresh=True).settings.webhook_secrets.get(connector.name)
        if held is not None:
            parts = {connector.name: None, f"{connector.name}:{LEFT}": held}
            self._merchant.change_settings(shop_id, {"webhook_secrets": parts})
        documents.put({name: mark})
        return Taken(accepted=1)

    def _asked_for(
        self, shop_id: str, connector: Connector, asked: PrivacyRequest, body: Mapping[str, Any]
    ) -> str:
        """Keep what was asked before anything is done about it; return the request's id.

        An erasure that is under way speaks for itself, so the request then forgets whom it was about.
        """
        request_id = _fingerprint(body, connector.name, asked.wants).decode()[:24]
        documents, name = self._front.shops.memory(shop_id).documents, f"{REQUEST}{request_id}"
        held = documents.get(name)
        request = orjson.loads(held) if held else {
            "request_id": request_id,
            "platform": connector.name,
            "wants": asked.wants,
            "shopper": asked.shopper,
            "reference": asked.reference,
            "asked_at": self._front.clock(),
            "state": "open",
        }  # fmt: skip
        if not held:
            documents.put({name: orjson.dumps(request)})
        if request["state"] == "open" and asked.wants == "erasure" and asked.shopper and self._erase:
            try:
                erasure = self._erase(shop_id, Shopper(asked.shopper))
            except Refused as why:  # it stays open, for the merchant to see
                log.warning("an erasure that %s asked for is not begun: %s", connector.name, why.code)
                return request_id
            request = {**request, "shopper": None, "state": "under way", "erasure_id": erasure}
            documents.put({name: orjson.dumps(request)})
        return request_id

    def _is_erased(self, shop_id: str, asked: PrivacyRequest) -> bool:
        """Whether somebody is asked for who was erased: their id is not to be kept again."""
        if asked.shopper is None:
            return False
        return self._front.shops.store.erasures.erased(shop_id, Shopper(asked.shopper).ref)

    def _put_aside(self, shop_id: str, message: Mapping[str, Any], fault: Unusable | Invalid) -> None:
        code = fault.reason if isinstance(fault, Unusable) else fault.code
        letter = Letter("webhook", "shop", self._front.clock(), code, fault.detail, message)
        shops = self._front.shops
        memory, erased = shops.memory(shop_id), partial(shops.store.erasures.erased, shop_id)
        kept = keepable([letter], memory, shops.view(shop_id).settings, erased)
        memory.dead_letters.bury(kept, self._front.clock())

    def _count(self, shop_id: str, connector: Connector, topic: str, taken: Taken) -> None:
        """Count the delivery. It is kept already, so a store that is away by now changes nothing."""
        known = topic if taken.ignored != "topic not read" else "another topic"
        word = "ignored" if taken.ignored else "taken"
        try:
            self._front.shops.memory(shop_id).tally("deliveries").add(f"{connector.name} {known} {word}")
        except RapportError:
            return


def secrets_of(view: Shop, connector: Connector, topic: str) -> list[str]:
    """Return the secrets that open for a topic: those set, and those a shop that left had."""
    held = view.settings.webhook_secrets
    names = [connector.name]
    if topic in connector.after_uninstalling:
        names.append(f"{connector.name}:{LEFT}")
    found: list[str] = []
    for name in names:
        value = held.get(name)
        found += [value] if isinstance(value, str) else list(value or ())
    return found


def _fingerprint(body: Mapping[str, Any], *further: str) -> bytes:
    said = orjson.dumps([body, further], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(said, digest_size=16).hexdigest().encode()
