"""The three steps of a sign-in: begun by the browser, come back from the provider, exchanged by the shop."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from plugin.activity import Activity, Shopper
from plugin.errors import Invalid, NotFound, RapportError, Refused
from plugin.outside import OutsideRefused
from plugin.shop import Shop
from plugin.signin.begun import LIVES_S, Begun, live_secrets, seal, unseal
from plugin.signin.proof import NotProven, chosen, proven_claims
from plugin.signin.provider import Metadata, Provider, provider_of
from plugin.signin.providers import Providers
from plugin.signin.returning import CODE, ERROR, allowed_return, with_word
from plugin.store.memory import SHOP_ID
from plugin.store.sign_ins import Link, Proven

if TYPE_CHECKING:
    from plugin.storefront import Storefront

log = logging.getLogger(__name__)

TOKEN_LIVES_S = 3600
LONGEST_WORD = 4_096
KIND = "signed_in"


class SignInUnknown(RapportError):
    """A return from a provider that no sign-in of this browser waits for."""

    code = "invalid"


class _Failed(Exception):
    """A sign-in that came to nothing: the word the shop's page is told, and why, for the log."""

    def __init__(self, word: str, why: str) -> None:
        super().__init__(why)
        self.word = word


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser is sent, and what it keeps until it is back (nothing where it goes nowhere)."""

    address: str
    state: str | None = None
    sealed: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and the token that says so. `expires_at` is epoch seconds."""

    shopper_token: str
    expires_at: float
    link: Link
    new: bool
    claims: Mapping[str, Any]


class SignIn:
    """Signing in at every shop of the installation. Safe to share between threads."""

    def __init__(self, front: Storefront, providers: Providers) -> None:
        self._front = front
        self._providers = providers

    def begin(self, shop_id: str, name: str, return_to: str, callback: str, consent: bool) -> Departure:
        """Return where to send a browser that wants to sign in.

        Raises `NotFound` for an unknown shop or provider, `Invalid` for an address to come back to that the
        shop does not list, `Refused` where the shop has no signing key.
        """
        shop, provider = self._found(shop_id, name)
        begun = Begun.anew(
            allowed_return(return_to, provider.return_to), callback, consent, self._front.clock()
        )
        sealed = seal(begun, shop, provider)
        if sealed is None:
            raise Refused("The shop has no live signing key, so nobody can sign in; `rapport keys rotate`.")
        try:
            metadata = self._providers.metadata(provider.issuer)
        except OutsideRefused as refused:
            return Departure(_told(shop, provider, begun, _Failed("provider_unavailable", refused.detail)))
        return Departure(_asking(metadata, provider, begun), begun.state, sealed)

    def come_back(
        self, shop_id: str, name: str, said: Mapping[str, str], sealed: str | None, *, refused_tracking: bool
    ) -> str:
        """Return where to send a browser that comes back: to the shop, with a one-time code or an error word.

        `said` is the provider's answer, `sealed` what the browser kept; with `refused_tracking` no claim is
        taken over and nothing goes into the timeline, whatever anybody agreed to. Raises `SignInUnknown` when
        this browser began no such sign-in: then nobody says where to go.
        """
        shop, provider = self._found(shop_id, name)
        begun = unseal(sealed, said.get("state", ""), shop, provider) if sealed else None
        if begun is None:
            raise SignInUnknown(
                "This sign-in was not begun in this browser, or too long ago. Please go back to the shop "
                "and sign in again."
            )
        allowed_return(begun.return_to, provider.return_to)  # the shop may have changed its mind meanwhile
        try:
            code = self._proven(shop, provider, begun, said, refused_tracking)
        except _Failed as failed:
            return _told(shop, provider, begun, failed)
        return with_word(begun.return_to, CODE, code)

    def _proven(
        self, shop: Shop, provider: Provider, begun: Begun, said: Mapping[str, str], refused_tracking: bool
    ) -> str:
        """The one-time code for whom the provider proves."""
        now = self._front.clock()
        if not begun.at - LIVES_S <= now <= begun.at + LIVES_S:
            raise _Failed("expired", "the browser came back too late")
        sign_ins = self._front.shops.memory(shop.shop_id).sign_ins
        if not sign_ins.use(begun.state, begun.at):
            raise _Failed("used", "the browser came back a second time")
        try:
            metadata = self._providers.metadata(provider.issuer)
            _check_answer(said, metadata)
            with self._providers.a_place():
                claims = self._claims(metadata, provider, begun, said["code"], now)
        except OutsideRefused as refused:
            no = refused.status is not None and 400 <= refused.status < 500
            raise _Failed("provider_refused" if no else "provider_unavailable", refused.detail) from None
        except NotProven as not_proven:
            raise _Failed("not_proven", not_proven.detail) from None
        kept = {} if refused_tracking else chosen(claims, provider)
        return sign_ins.offer(
            Proven(provider.name, claims["iss"], claims["sub"], kept, begun.consent, not refused_tracking)
        )

    def _claims(
        self, metadata: Metadata, provider: Provider, begun: Begun, code: str, now: float
    ) -> dict[str, Any]:
        tokens = self._providers.tokens(metadata, provider, code, begun)
        claims = proven_claims(
            tokens.id_token,
            provider,
            lambda kid, again: self._providers.key(metadata, kid, again),
            nonce=begun.nonce,
            access_token=tokens.access_token,
            now=now,
        )
        missing = [name for name in provider.claims if name not in claims]
        if missing and metadata.userinfo_endpoint and tokens.access_token:
            try:
                further = self._providers.said_of(metadata, tokens.access_token, claims["sub"])
            except OutsideRefused as refused:  # who it is has been proven; what else is said of them is extra
                log.warning("userinfo of %s: %s", provider.issuer, refused.detail)
            else:
                claims.update({name: further[name] for name in missing if name in further})
        return claims

    def exchange(self, shop_id: str, code: str, wished: str | None, consent: bool | None) -> SignedIn:
        """Return who signed in, with their token, for a one-time code that the shop's server brings.

        `wished` is the shop's own shopper that this sign-in shall belong to, `consent` the shop's word on
        keeping claims (None: what its page said). The sign-in is on disk when this returns. Raises `Invalid`
        for a code that is worth nothing, or a sign-in that is another shopper's, and `Refused` for a shopper
        who was erased.
        """
        memory = self._front.shops.memory(shop_id)
        proven = memory.sign_ins.read(code)
        if proven is None:
            raise _invalid("code", "It is no code of this shop, or was used, or is older than a minute.")
        now = self._front.clock()
        shop = self._front.shops.view(shop_id)
        signer = next(iter(live_secrets(shop)), None)
        if signer is None:
            raise Refused("The shop has no live signing key; `rapport keys rotate --kind signing` makes one.")
        if wished is not None and not memory.not_erased([Shopper(wished)]):
            raise Refused("This shopper is erased, and nothing is kept of them: not this sign-in either.")
        link = memory.sign_ins.link(proven, wished or f"oidc_{secrets.token_urlsafe(12)}", code, now)
        if wished is not None and link.shopper_id != wished:
            raise _invalid("shopper", "This sign-in belongs to another shopper already; nothing was joined.")
        may_keep = proven.consent if consent is None else consent
        if proven.followed:
            self._front.record(shop_id, [_activity(proven, link, code, may_keep, now)])
        if not memory.sign_ins.take(code):
            raise _invalid("code", "It is no code of this shop, or was used, or is older than a minute.")
        expires_at = int(now) + TOKEN_LIVES_S
        token = _token(shop, signer, link.shopper_id, int(now), expires_at)
        new = wished is None and link.made_by(code)
        return SignedIn(token, expires_at, link, new, proven.claims)

    def _found(self, shop_id: str, name: str) -> tuple[Shop, Provider]:
        if not SHOP_ID.match(shop_id):
            raise NotFound("There is no such sign-in; the shop's setting `oidc` names those there are.")
        shop = self._front.shops.view(shop_id)
        return shop, provider_of(shop.settings, name)


def _asking(metadata: Metadata, provider: Provider, begun: Begun) -> str:
    return prepare_grant_uri(
        metadata.authorization_endpoint,
        provider.client_id,
        "code",
        redirect_uri=begun.callback,
        scope=" ".join(provider.scopes),
        state=begun.state,
        nonce=begun.nonce,
        code_challenge=create_s256_code_challenge(begun.verifier),
        code_challenge_method="S256",
    )


def _check_answer(said: Mapping[str, str], metadata: Metadata) -> None:
    """Raise `_Failed` unless the provider's answer is its own and holds a code."""
    issuer = said.get("iss")
    if issuer != metadata.issuer and (issuer is not None or metadata.names_itself):
        raise _Failed("not_proven", "the answer is of another issuer")
    if "error" in said:
        word = "access_denied" if said["error"] == "access_denied" else "provider_refused"
        raise _Failed(word, f"the provider answered {said['error'][:100]!r}")
    if not 1 <= len(said.get("code", "")) <= LONGEST_WORD:
        raise _Failed("provider_refused", "the provider's answer holds no code")


def _told(shop: Shop, provider: Provider, begun: Begun, failed: _Failed) -> str:
    log.warning(
        "a sign-in of shop %s with %s failed (%s): %s", shop.shop_id, provider.name, failed.word, failed
    )
    return with_word(begun.return_to, ERROR, failed.word)


def _activity(proven: Proven, link: Link, code: str, may_keep: bool, now: float) -> Activity:
    """The sign-in as the stream keeps it; the same code tried again makes the same activity."""
    said = {"provider": proven.provider, "iss": proven.iss, "sub": proven.sub}
    return Activity(
        message_id=f"signed-in:{Link.mark(code)}",
        kind=KIND,
        event="Signed In",
        at=now,
        received_at=now,
        trust="shop",
        shopper=Shopper(link.shopper_id),
        properties={**said, "claims": dict(proven.claims)} if may_keep and proven.claims else said,
    )


def _token(shop: Shop, signer: tuple[str, str], subject: str, issued_at: int, expires_at: int) -> str:
    kid, text = signer
    claims = {"sub": subject, "aud": shop.shop_id, "iat": issued_at, "exp": expires_at}
    return jwt.encode(claims, text.encode(), algorithm="HS256", headers={"kid": kid})


def _invalid(name: str, detail: str) -> Invalid:
    return Invalid(f"/{name}: {detail}", errors=[{"pointer": f"/{name}", "detail": detail}])
