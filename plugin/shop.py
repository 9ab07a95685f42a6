"""A shop: its settings, its keys, and the live view of its documents that every decision reads."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import orjson

from plugin.catalog import Catalogue, Product
from plugin.offers.live import LiveOffers
from plugin.offers.offer import Offer
from plugin.offers.segment import Segment
from plugin.placements import Placement
from plugin.tiers.ladder import BORN_WITH, TierLadder
from plugin.tiers.standing import Standing
from plugin.uses.context_words import ContextWords
from plugin.uses.ideas import Ideas
from plugin.uses.trusted import UNTOLD, UseTrust
from plugin.wishes.questionnaire import Questionnaire

if TYPE_CHECKING:
    from plugin.value.shop_value import ShopValue

T = TypeVar("T")
KeyKind = Literal["publishable", "secret", "signing", "offers"]
PREFIXES: dict[str, str] = {"pk": "publishable", "sk": "secret"}


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """What a merchant sets for the shop as a whole (contract, section 7)."""

    shop_id: str
    name: str
    currency: str = "EUR"
    locale: str = "en"
    timezone: str = "UTC"
    origins: tuple[str, ...] = ()
    jwks_url: str | None = None
    margin_floor: float = 0.0
    largest_discount: float = 50.0
    exclude_reduced: bool = False  # whether offers leave out what is reduced, where they do not say
    consent_default: str = "yes"
    retention: dict[str, int] = field(default_factory=dict)
    webhook_secrets: dict[str, Any] = field(default_factory=dict)  # one secret, or several in rotation
    feeds: tuple[dict[str, Any], ...] = ()
    oidc: dict[str, Any] = field(default_factory=dict)
    believed_traits: tuple[str, ...] = ()
    sensitive_categories: tuple[str, ...] = ()  # never suggested, and nothing is explained from them
    training: dict[str, int] = field(default_factory=dict)  # when it is trained again by itself

    def to_bytes(self) -> bytes:
        """Return the settings as the store keeps them."""
        return orjson.dumps({f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> ShopSettings:
        """Return the settings that `to_bytes` wrote; a field of a later version is passed over."""
        held = orjson.loads(data)
        known = {f.name for f in fields(cls)}
        for name in ("origins", "believed_traits", "feeds", "sensitive_categories"):
            held[name] = tuple(held.get(name, ()))
        return cls(**{name: value for name, value in held.items() if name in known})

    def changed(self, changes: Mapping[str, Any]) -> ShopSettings:
        """Return the settings with these fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a shop. A secret key is kept as a hash only; `text` is what may be shown again."""

    key_id: str
    kind: KeyKind
    text: str
    created_at: float
    revoked_at: float | None = None
    alg: str | None = None

    def to_bytes(self) -> bytes:
        """Return the key as the store keeps it."""
        return orjson.dumps({f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Key:
        """Return the key that `to_bytes` wrote."""
        return cls(**orjson.loads(data))


def new_api_key(shop: str, kind: KeyKind, now: float) -> tuple[str, Key]:
    """Return a new publishable or secret key: the text its holder uses, and what the store keeps.

    The key names its shop, so that looking it up touches nothing of any other shop.
    """
    prefix = {"publishable": "pk", "secret": "sk"}[kind]
    text = f"{prefix}_{shop}_{secrets.token_urlsafe(24).replace('_', '-')}"
    kept = text if kind == "publishable" else hash_of(text)
    return text, Key(hash_of(text)[:12], kind, kept, now)


def new_signing_key(now: float) -> Key:
    """Return a new HS256 signing key; the characters of its text are the secret's bytes."""
    return Key(secrets.token_hex(6), "signing", secrets.token_urlsafe(48), now, alg="HS256")


def hash_of(text: str) -> str:
    """Return how a secret key is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def shop_of_key(text: str) -> str | None:
    """Return the shop that a key claims to be of, None for what is no key at all."""
    parts = text.split("_")
    return parts[1] if len(parts) == 3 and parts[0] in PREFIXES else None


class Shop:
    """The live view of one shop's documents, as of `version`. It is filled by `take`; it fetches nothing."""

    def __init__(self, shop_id: str) -> None:
        self.shop_id = shop_id
        self.version = 0
        self.settings = ShopSettings(shop_id, shop_id)
        self.keys: dict[str, Key] = {}
        self.catalogue = Catalogue()
        self.newest: tuple[str, ...] = ()
        self.offers: dict[str, Offer] = {}
        self._live: tuple[dict[str, Offer] | None, LiveOffers] = (None, LiveOffers(()))
        self.coded: frozenset[str] = frozenset()  # the offers for which codes were made one by one
        self.segments: dict[str, Segment] = {}
        self.placements: dict[str, Placement] = {}
        self.ideas = Ideas()
        self.use_trust = UNTOLD
        self.context_words: dict[str, ContextWords] = {}  # what the merchant says of learned contexts
        self.ladder: TierLadder = BORN_WITH
        self.questionnaire = Questionnaire()
        self.standing: Standing | None = None
        self._value: bytes | None = None
        self.effects: dict[str, bytes] = {}  # what was found of offers, by their id; read when asked for
        self.model_version: str | None = None
        self.trust_words: dict[str, str] = {}  # whom the merchant calls a person or a program, by reference
        self.training: dict[str, Any] = {}  # what came of the newest training
        self.former_prices: dict[str, float] = {}  # by deleted product: until when it was there
        self.feeds: dict[str, dict[str, Any]] = {}  # what came of the shop's feeds, by their number

    def take(self, version: int, bodies: Mapping[str, bytes | None]) -> None:
        """Take the changed documents; None means deleted."""
        products_changed = False
        # The settings first, whatever order the store names them in: money is read in the shop's currency.
        for name, body in sorted(bodies.items(), key=lambda document: document[0] != "settings"):
            kind, _, identity = name.partition("/")
            TAKERS.get(kind, _take_nothing)(self, identity, body)
            products_changed = products_changed or kind == "product"
        if products_changed:
            self.newest = self.catalogue.newest_first()
        self.version = version

    def key(self, text: str) -> Key | None:
        """Return the live API key of this text, compared in constant time; None when there is none."""
        found = self.keys.get(hash_of(text)[:12])
        if found is None or found.revoked_at is not None or found.kind not in PREFIXES.values():
            return None
        given = text if found.kind == "publishable" else hash_of(text)
        return found if hmac.compare_digest(found.text.encode(), given.encode()) else None

    def signing_key(self, kid: str) -> Key | None:
        """Return the live signing key of this id."""
        found = self.keys.get(kid)
        return found if found and found.kind == "signing" and found.revoked_at is None else None

    @property
    def value(self) -> ShopValue | None:
        """What is expected of the shop's buyers, None until it was learned; read when first asked for."""
        held = self._value
        if held is None:
            return None
        from plugin.value.shop_value import read_value  # learning is not loaded for commands without need

        return read_value(held)

    @property
    def any_sensitive(self) -> bool:
        """Whether anything of the shop may be sensitive at all; most shops sell nothing that is."""
        return self.catalogue.any_sensitive or bool(self.settings.sensitive_categories)

    def is_sensitive(self, product: Product) -> bool:
        """Whether a product is never to be suggested nor spoken of in a reason."""
        categories = self.settings.sensitive_categories
        return product.sensitive or (bool(categories) and any(map(product.in_category, categories)))

    def is_sensitive_id(self, product_id: str) -> bool:
        """The same of a product by its id; one that the shop does not know is not."""
        product = self.catalogue.get(product_id) if self.any_sensitive else None
        return product is not None and self.is_sensitive(product)

    @property
    def live_offers(self) -> LiveOffers:
        """The offers a shopper may meet now or later, by id; put in order once for each version."""
        offers, (of, live) = self.offers, self._live
        if of is not offers:
            live = LiveOffers([offer for _, offer in sorted(offers.items()) if offer.state == "live"])
            self._live = offers, live
        return live


def _with(held: dict[str, T], name: str, value: T | None) -> dict[str, T]:
    """Return a changed copy, so that a request that is reading the old one goes on undisturbed."""
    changed = {**held, name: value} if value is not None else {k: v for k, v in held.items() if k != name}
    return changed


def _take_settings(shop: Shop, _: str, body: bytes | None) -> None:
    shop.settings = ShopSettings.from_bytes(body) if body else ShopSettings(shop.shop_id, shop.shop_id)


def _take_key(shop: Shop, key_id: str, body: bytes | None) -> None:
    shop.keys = _with(shop.keys, key_id, Key.from_bytes(body) if body else None)


def _take_product(shop: Shop, product_id: str, body: bytes | None) -> None:
    if body is None:
        shop.catalogue.remove(product_id)
    else:
        shop.catalogue.put(Product.from_bytes(body, with_prices=False))  # no decision reads them


def _take_former_prices(shop: Shop, product_id: str, body: bytes | None) -> None:
    if body:
        shop.former_prices[product_id] = orjson.loads(body)["prices"][-1][0]
    else:
        shop.former_prices.pop(product_id, None)


def _take_offer(shop: Shop, offer_id: str, body: bytes | None) -> None:
    offer = None
    if body:
        held = orjson.loads(body)
        offer = Offer.from_document(held["offer"], shop.settings.currency, held["version"])
    shop.offers = _with(shop.offers, offer_id, offer)


def _take_codes(shop: Shop, offer_id: str, body: bytes | None) -> None:
    shop.coded = shop.coded | {offer_id} if body else shop.coded - {offer_id}


def _take_segment(shop: Shop, name: str, body: bytes | None) -> None:
    segment = Segment.from_document(orjson.loads(body), shop.settings.currency) if body else None
    shop.segments = _with(shop.segments, name, segment)


def _take_placement(shop: Shop, name: str, body: bytes | None) -> None:
    placement = Placement.from_document(orjson.loads(body), shop.settings.currency) if body else None
    shop.placements = _with(shop.placements, name, placement)


def _take_use(shop: Shop, use_id: str, body: bytes | None) -> None:
    if body is None:
        shop.ideas.remove(use_id)
    else:
        shop.ideas.put(use_id, body)


def _take_context(shop: Shop, context_id: str, body: bytes | None) -> None:
    words = ContextWords.from_bytes(body) if body else None
    shop.context_words = _with(shop.context_words, context_id, words)


def _take_use_trust(shop: Shop, _: str, body: bytes | None) -> None:
    shop.use_trust = UseTrust.from_document(orjson.loads(body)) if body else UNTOLD


def _take_tiers(shop: Shop, _: str, body: bytes | None) -> None:
    shop.ladder = TierLadder.from_document(orjson.loads(body), shop.settings.currency) if body else BORN_WITH


def _take_questionnaire(shop: Shop, _: str, body: bytes | None) -> None:
    shop.questionnaire = Questionnaire.from_document(orjson.loads(body)) if body else Questionnaire()


def _take_standing(shop: Shop, _: str, body: bytes | None) -> None:
    shop.standing = Standing.from_document(orjson.loads(body)) if body else None


def _take_value(shop: Shop, _: str, body: bytes | None) -> None:
    shop._value = body


def _take_effect(shop: Shop, offer_id: str, body: bytes | None) -> None:
    shop.effects = _with(shop.effects, offer_id, body)


def _take_model(shop: Shop, _: str, body: bytes | None) -> None:
    shop.model_version = orjson.loads(body)["version"] if body else None


def _take_training(shop: Shop, _: str, body: bytes | None) -> None:
    shop.training = orjson.loads(body) if body else {}


def _take_feed(shop: Shop, name: str, body: bytes | None) -> None:
    shop.feeds = _with(shop.feeds, name, orjson.loads(body) if body else None)


def _take_trust(shop: Shop, ref: str, body: bytes | None) -> None:
    shop.trust_words = _with(shop.trust_words, ref, orjson.loads(body)["word"] if body else None)


def _take_nothing(shop: Shop, _: str, body: bytes | None) -> None:
    """Documents that no decision reads (reports, requests) change no view."""


TAKERS = {
    "settings": _take_settings,
    "key": _take_key,
    "product": _take_product,
    "prices": _take_former_prices,
    "offer": _take_offer,
    "codes": _take_codes,
    "segment": _take_segment,
    "placement": _take_placement,
    "use": _take_use,
    "use-trust": _take_use_trust,
    "context": _take_context,
    "tiers": _take_tiers,
    "questionnaire": _take_questionnaire,
    "standing": _take_standing,
    "value": _take_value,
    "effect": _take_effect,
    "model": _take_model,
    "training": _take_training,
    "feed": _take_feed,
    "trust": _take_trust,
}
