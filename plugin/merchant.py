"""What a merchant does: open a shop, set it up, write products, rules, ladders and placements."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from plugin import money
from plugin.catalog import Product
from plugin.errors import Invalid, NotFound, Refused
from plugin.offers.segment import demand_known
from plugin.placements import Placement
from plugin.shop import Key, KeyKind, Shop, ShopSettings, new_api_key, new_signing_key
from plugin.shop_window import take_out, write_products
from plugin.shops import Shops
from plugin.tiers.ladder import BORN_WITH, TierLadder
from plugin.wishes.questionnaire import Questionnaire

SECRET_SETTINGS = frozenset({"webhook_secrets"})
OF_SEVERAL_PARTS = frozenset({"webhook_secrets", "oidc", "retention", "training"})
MOST_PRODUCTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A shop that was just opened, with the keys that are shown this once."""

    settings: ShopSettings
    publishable_key: str
    secret_key: str
    signing_key: Key

    def as_dict(self) -> dict[str, Any]:
        """Return what the command line and a shop's set-up need."""
        return {
            "shop_id": self.settings.shop_id,
            "name": self.settings.name,
            "currency": self.settings.currency,
            "locale": self.settings.locale,
            "timezone": self.settings.timezone,
            "publishable_key": self.publishable_key,
            "secret_key": self.secret_key,
            "signing_key": {
                "kid": self.signing_key.key_id,
                "alg": self.signing_key.alg,
                "key": self.signing_key.text,
            },
        }


class Merchant:
    """The merchant's side of every shop of the installation."""

    def __init__(
        self, shops: Shops, clock: Callable[[], float], who: Callable[[], str] = lambda: "command line"
    ) -> None:
        self.shops = shops
        self.clock = clock
        self.who = who

    def audit(self, shop_id: str, did: str, **what: Any) -> None:
        """Add to the shop's audit chain what was just done: its ids and names, never a shopper or a secret.

        Called once the change is made; if this fails, so does the call, which is then to be repeated.
        """
        self.shops.memory(shop_id).audit.add(self.clock(), self.who(), did, what)

    def open_shop(self, name: str, settings: Mapping[str, Any]) -> Opened:
        """Return a new shop with its first keys. `settings` have been checked at the edge."""
        if not name.strip():
            raise Refused("A shop needs a name.")
        shop_id = f"{_slug(name)}-{secrets.token_hex(3)}"
        memory = self.shops.store.add_shop(shop_id)
        now = self.clock()
        held = ShopSettings(shop_id, name.strip()).changed(_tupled(settings))
        pk, publishable = new_api_key(shop_id, "publishable", now)
        sk, secret = new_api_key(shop_id, "secret", now)
        signing = new_signing_key(now)
        bodies = {f"key/{key.key_id}": key.to_bytes() for key in (publishable, secret, signing)}
        memory.documents.put({"settings": held.to_bytes(), **bodies})
        self.audit(shop_id, "shop.opened", keys=[publishable.key_id, secret.key_id, signing.key_id])
        return Opened(held, pk, sk, signing)

    def change_settings(self, shop_id: str, changes: Mapping[str, Any]) -> ShopSettings:
        """Return the settings after these changes; settings of several parts are merged part by part.

        Raises `Refused` for a change of currency once amounts are written in the old one.
        """
        documents = self.shops.memory(shop_id).documents
        while True:
            view = self.shops.view(shop_id, fresh=True)
            before = documents.get("settings")
            held = ShopSettings.from_bytes(before) if before else view.settings
            if changes.get("currency", held.currency) != held.currency and _counts_money(view):
                raise Refused(f"Prices or rules are written in {held.currency}; the currency is settled.")
            after = held.changed(_merged(held, changes))
            if documents.swap("settings", before, after.to_bytes()):  # else somebody changed another part
                self.shops.view(shop_id, fresh=True)
                self.audit(shop_id, "settings.changed", names=sorted(changes))
                return after

    def rotate(self, shop_id: str, kind: KeyKind) -> tuple[str, Key]:
        """Return a new key of a kind beside those there are, with the text its holder uses.

        The key that offers are signed with stays here; who checks them uses its public half.
        """
        now = self.clock()
        if kind == "signing":
            key = new_signing_key(now)
            text = key.text
        elif kind == "offers":
            from plugin.offers.signed import new_private_key, public_jwk  # not loaded without need

            key = Key(secrets.token_hex(6), kind, new_private_key(), now, alg="EdDSA")
            text = public_jwk(key.key_id, key.text)["x"]
        else:
            text, key = new_api_key(shop_id, kind, now)
        self.shops.put(shop_id, {f"key/{key.key_id}": key.to_bytes()})
        self.audit(shop_id, "key.made", key_id=key.key_id, kind=kind)
        return text, key

    def revoke(self, shop_id: str, key_id: str) -> Key:
        """Return a key after it stopped opening anything. Raises `NotFound` for an unknown one."""
        key = self.shops.view(shop_id, fresh=True).keys.get(key_id)
        if key is None:
            raise NotFound(f"There is no key {key_id!r}; `rapport keys list --shop {shop_id}`.")
        revoked = replace(key, revoked_at=self.clock())
        self.shops.put(shop_id, {f"key/{key_id}": revoked.to_bytes()})
        self.audit(shop_id, "key.revoked", key_id=key_id)
        return revoked

    def put_products(self, shop_id: str, products: Iterable[Product], at: float | None = None) -> int:
        """Add or change products and return how many; the log keeps what each looked like from when on."""
        now = self.clock() if at is None else at
        count = 0
        waiting: list[Product] = []
        for product in products:
            waiting.append(product)
            count += 1
            if len(waiting) == MOST_PRODUCTS_AT_ONCE:
                self._keep_products(shop_id, waiting, now)
                waiting = []
        self._keep_products(shop_id, waiting, now)
        return count

    def hide_products_except(self, shop_id: str, kept: set[str]) -> int:
        """Hide what the merchant's newest file does not hold any more; return how many that were."""
        view = self.shops.view(shop_id, fresh=True)
        gone = [
            replace(product, hidden=True, updated_at=self.clock())
            for product in view.catalogue
            if product.product_id not in kept and not product.hidden and product.source == "merchant"
        ]
        self._keep_products(shop_id, gone, self.clock())
        self.audit(shop_id, "products.hidden", count=len(gone))
        return len(gone)

    def delete_product(self, shop_id: str, product_id: str) -> None:
        """Take a product out of the catalogue. Raises `NotFound` when it is not in it.

        The log keeps that it was no longer to be seen from now on.
        """
        product = self.shops.view(shop_id, fresh=True).catalogue.get(product_id)
        if product is None:
            raise NotFound(f"There is no product {product_id!r}.")
        take_out(self.shops, shop_id, product, self.clock())
        self.audit(shop_id, "product.deleted", product_id=product_id)

    def _keep_products(self, shop_id: str, products: list[Product], at: float) -> None:
        if products:
            write_products(self.shops, shop_id, products, at, self.clock())

    def set_ladder(self, shop_id: str, document: Mapping[str, Any]) -> TierLadder:
        """Return the shop's tier ladder after it was set.

        Raises `Invalid` for one that cannot be climbed, or speaks of a segment that is not there.
        """
        view = self.shops.view(shop_id, fresh=True)
        ladder = TierLadder.from_document(document, view.settings.currency)
        for at, tier in enumerate(ladder.tiers):
            if tier.when is not None:
                demand_known(tier.when, view.segments, f"/tiers/{at}/when")
        # Nobody stood on a ladder before it stood; one that is written again as it is stands since before.
        set_at = view.ladder.set_at if ladder == view.ladder else self.clock()
        self.shops.put(shop_id, {"tiers": orjson.dumps({**document, "set_at": set_at})})
        self.audit(shop_id, "tiers.set", tiers=[tier.tier for tier in ladder.tiers])
        return ladder

    def set_questionnaire(self, shop_id: str, document: Mapping[str, Any]) -> Questionnaire:
        """Return the shop's own questions after they were set."""
        questionnaire = Questionnaire.from_document(document)
        self.shops.put(shop_id, {"questionnaire": orjson.dumps(document)})
        asked = [question.question_id for question in questionnaire.questions]
        self.audit(shop_id, "questionnaire.set", questions=asked)
        return questionnaire

    def set_placement(self, shop_id: str, document: Mapping[str, Any]) -> Placement:
        """Return a placement after it was set. Raises `Invalid` for a condition that means nothing here."""
        placement = Placement.from_document(dict(document), self.shops.view(shop_id).settings.currency)
        self.shops.put(shop_id, {f"placement/{placement.name}": orjson.dumps(document)})
        self.audit(shop_id, "placement.set", placement=placement.name)
        return placement

    def delete_placement(self, shop_id: str, name: str) -> None:
        """Take a placement away. Raises `NotFound` when there is none of that name."""
        if name not in self.shops.view(shop_id, fresh=True).placements:
            raise NotFound(f"The shop has no placement {name!r} of its own to take away.")
        self.shops.put(shop_id, {f"placement/{name}": None})
        self.audit(shop_id, "placement.deleted", placement=name)


def product_of(document: Mapping[str, Any], view: Shop, now: float) -> Product:
    """Return a product from a checked document; when it was first seen is kept from before.

    Raises `Invalid` for a price in another currency than the shop's.
    """
    fields = dict(document)
    for name in ("price", "sale_price", "cost"):
        fields[name] = _price(fields.get(name), name, view.settings.currency)
    held = view.catalogue.get(fields["product_id"])
    first_seen = min(held.first_seen, now) if held else now
    product = Product(**fields, source="merchant", first_seen=first_seen, updated_at=now)
    return replace(product, was=held.was) if held else product


def settings_view(settings: ShopSettings) -> dict[str, Any]:
    """Return the settings as they may be read back: of secrets only that they are set."""
    body = orjson.loads(settings.to_bytes())
    for name in SECRET_SETTINGS:
        body[name] = dict.fromkeys(body[name], "set")
    for provider in body["oidc"].values():
        for name in provider:
            if "secret" in name:
                provider[name] = "set"
    return body


def key_view(key: Key) -> dict[str, Any]:
    """Return a key as it may be listed: only a publishable key shows its text."""
    return {
        "key_id": key.key_id,
        "kind": key.kind,
        "text": key.text if key.kind == "publishable" else None,
        "alg": key.alg,
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }


def _price(given: Mapping[str, Any] | None, name: str, currency: str) -> int | None:
    if given is None:
        return None
    if (given.get("currency") or currency) != currency:
        detail = f"This shop's prices are in {currency}, not {given['currency']}."
        raise Invalid(f"/{name}: {detail}", errors=[{"pointer": f"/{name}", "detail": detail}])
    return money.minor_units(given["amount"], currency)


def _counts_money(view: Shop) -> bool:
    """Whether anything of the shop holds, or may hold, amounts in its currency."""
    written = view.offers or view.segments or view.placements
    return bool(len(view.catalogue) or written or view.ladder != BORN_WITH)


def _merged(held: ShopSettings, changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = _tupled(changes)
    for name in OF_SEVERAL_PARTS & merged.keys():
        parts = {**getattr(held, name), **merged[name]}
        merged[name] = {part: value for part, value in parts.items() if value is not None}
    for name, provider in merged.get("oidc", {}).items():
        merged["oidc"][name] = _with_its_secret(provider, held.oidc.get(name, {}))
    return merged


def _with_its_secret(provider: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A sign-in written without its secret keeps the one it had, which cannot be read to be written again.

    Another issuer or client never gets it.
    """
    same = all(provider.get(name) == before.get(name) for name in ("issuer", "client_id"))
    kept = {"client_secret": before["client_secret"]} if same and "client_secret" in before else {}
    return {**kept, **provider}


def _tupled(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:36] or "shop"
