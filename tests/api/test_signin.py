"""Signing in with a real provider over https: who is proven is signed in, and nobody else is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import flask
import jwt
import pytest
import requests
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from api.app import create
from api.cli.shops import _assignment, set_
from plugin.activity import Shopper
from plugin.errors import Invalid, Refused, StoreUnsafe
from plugin.merchant import Merchant
from plugin.outside import OutsideRefused
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.signin.begun import Begun, mark_of, seal
from plugin.signin.flow import SignedIn, SignIn
from plugin.signin.provider import provider_of
from plugin.signin.providers import Providers
from plugin.store.memory import open_store
from plugin.store.sign_ins import Link, Proven
from plugin.storefront import Storefront
from tests.api.conftest import OpenShop, encoded
from tests.api.provider_site import Browser, Claims, ProviderSite, certificate, seconds_from_now, token_of
from tests.conftest import Service, free_port, start_service, stop

SECRET = "what the provider knows us by: 100 % & ü"
RETURN = "https://shop.example/in"
Change = Callable[[ProviderSite, str], Any]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderSite]:
    """A provider."""
    held = ProviderSite(*certificate(tmp_path_factory.mktemp("provider")))
    yield held
    held.close()


@pytest.fixture(scope="module")
def running(site: ProviderSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with two web processes that may reach the provider's address and trusts its certificate."""
    data = tmp_path_factory.mktemp("signing-in")
    environment = {
        **os.environ,
        "RAPPORT_DATA": str(data),
        "RAPPORT_SHARDS": "8",
        "RAPPORT_OUTSIDE_ALLOWED": "127.0.0.1",
        "SSL_CERT_FILE": str(site.certificate),
    }
    environment.pop("REDIS_URL", None)
    port = free_port()
    process = start_service(environment, port, "--workers", "2")
    yield Service(f"http://127.0.0.1:{port}", data, {}, process, environment)
    stop(process)


@pytest.fixture(scope="module")
def aside(running: Service) -> Iterator[Merchant]:
    """The merchant's side of that service's store."""
    allowed = frozenset({"127.0.0.1"})
    store = open_store(Settings(data=running.data, shards=8, outside_allowed=allowed, trusted_proxies=1))
    yield Merchant(Shops(store), time.time)
    store.close()


@pytest.fixture(scope="module")
def open_signing_shop(
    running: Service, site: ProviderSite, aside: Merchant
) -> Iterator[Callable[..., OpenShop]]:
    """Open shops that sign their shoppers in with the provider."""
    shops = []

    def opened(name: str, **changes: Any) -> OpenShop:
        shop = OpenShop(running, aside, aside.open_shop(name, {"currency": "EUR"}).as_dict())
        shops.append(shop)
        setup(shop, "acme", **{"issuer": site.url, **changes})
        return shop

    yield opened
    for shop in shops:
        shop.session.close()  # a connection that stays open keeps a web process from ending


def setup(shop: OpenShop, name: str, **changes: Any) -> None:
    """Set a provider up as a shop's server does."""
    written = {
        "client_id": f"client-of-{shop.shop_id}",
        "client_secret": SECRET,
        "scopes": ["openid", "email"],
        "claims": {"email": "mail", "locale": "language"},
        "return_to": [RETURN],
        **changes,
    }
    answer = shop.call("PATCH", "/v1/shop", {f"oidc.{name}": written})
    assert answer.status_code == 200, answer.text


def known_everywhere() -> None:
    """Let the second pass after which a process looks again at the documents of a shop that it has met."""
    patience = time.monotonic() + 1.1
    while time.monotonic() < patience:
        time.sleep(0.05)


@pytest.fixture(scope="module")
def shop(open_signing_shop: Callable[..., OpenShop]) -> OpenShop:
    """A shop with one provider."""
    return open_signing_shop("Signing")


@pytest.fixture
def browser(shop: OpenShop, site: ProviderSite) -> Browser:
    """A browser that was nowhere yet."""
    return Browser(shop, site)


def exchanged(shop: OpenShop, code: str, **fields: Any) -> dict[str, Any]:
    """Return what the shop's server gets for a code."""
    answer = shop.call("POST", "/v1/signin/exchange", {"code": code, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def profile(shop: OpenShop, shopper_id: str) -> Any:
    """Return what is remembered of a shopper."""
    return shop.merchant.shops.memory(shop.shop_id).shoppers.read(Shopper(shopper_id))


def test_a_shopper_signs_in(shop: OpenShop, site: ProviderSite, browser: Browser) -> None:
    leaving = browser.leave(query={"consent": "yes"})
    asked = dict(parse_qsl(urlsplit(leaving.headers["Location"]).query))
    callback = f"{shop.service.url}/v1/signin/{shop.shop_id}/acme/callback"
    assert asked["redirect_uri"] == callback
    assert (asked["response_type"], asked["scope"]) == ("code", "openid email")
    assert len(asked["state"]) >= 43
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    (cookie,) = browser.session.cookies
    assert (cookie.path, cookie.get_nonstandard_attr("SameSite")) == (urlsplit(callback).path, "Lax")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert 0 < cookie.expires - time.time() <= 600
    back = browser.get(browser.at_provider(leaving))
    assert "ey" not in back.headers["Location"], "no token stands in an address"
    assert back.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in back.headers["Cache-Control"]
    assert not browser.session.cookies, "the cookie is taken back"
    told = dict(parse_qsl(urlsplit(back.headers["Location"]).query))
    done = exchanged(shop, told["rapport_code"])
    assert done["identity"] == {"kind": "oidc", "iss": site.url, "sub": "ann"}
    assert done["shopper"]["new"] is True
    assert done["claims"] == {"mail": "ann@mail.example"}
    who = done["shopper"]["shopper_id"]
    headers = {"Rapport-Shopper": done["shopper_token"]}
    me = shop.call("GET", "/v1/shoppers/me", key="publishable", headers=headers)
    assert me.status_code == 200, me.text
    assert me.json()["shopper_id"] == who
    claims = jwt.decode(done["shopper_token"], options={"verify_signature": False})
    assert 0 < claims["exp"] - claims["iat"] <= 24 * 3600
    assert jwt.get_unverified_header(done["shopper_token"])["kid"] == shop.shop["signing_key"]["kid"]
    held = profile(shop, who)
    assert held.traits["mail"][0] == "ann@mail.example"
    assert held.sign_ins[f"{site.url} ann"][0] == "acme"
    form = site.forms[-1]
    assert form["redirect_uri"] == callback
    basic = base64.b64decode(form["Authorization"].removeprefix("Basic ")).decode()
    assert basic == urlencode({f"client-of-{shop.shop_id}": SECRET}).replace("=", ":")
    again = exchanged(shop, browser.code())
    assert (again["shopper"]["shopper_id"], again["shopper"]["new"]) == (who, False)


def test_behind_a_proxy_that_ends_https(
    shop: OpenShop, site: ProviderSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(site.certificate))
    client = create(store=shop.merchant.shops.store).test_client()
    path = f"/v1/signin/{shop.shop_id}/acme"
    for proto, name, secure in (
        ("https", "__Secure-rapport_signin_", True),
        ("http", "rapport_signin_", False),
    ):
        headers = {"Host": "rapport.shop.example", "X-Forwarded-Proto": proto}
        answer = client.get(path, query_string={"return_to": RETURN}, headers=headers)
        asked = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        assert asked["redirect_uri"] == f"{proto}://rapport.shop.example{path}/callback"
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith(name)
        assert ("; Secure;" in cookie) is secure
        assert f"Path={path}/callback" in cookie


def test_the_same_mail_does_not_make_the_same_shopper(shop: OpenShop, browser: Browser) -> None:
    ann, bob = (exchanged(shop, browser.code(subject)) for subject in ("ann", "bob"))
    assert ann["claims"] == bob["claims"] == {"mail": "ann@mail.example"}
    assert ann["shopper"]["shopper_id"] != bob["shopper"]["shopper_id"]


def test_several_sign_ins_of_one_browser_do_not_disturb_each_other(shop: OpenShop, browser: Browser) -> None:
    leaving = [browser.leave() for _ in range(3)]
    for asked in reversed(leaving):
        assert set(browser.returned(browser.at_provider(asked))) == {"rapport_code"}


# What a browser must not be sent to, however it is spelled.
ELSEWHERE = [
    *("", "/in", "//evil.example", "///evil.example", "https:evil.example", "https:/evil.example"),
    *("https://evil.example/in", "https://shop.example.evil.example/in", "https://evil.example/shop.example"),
    *("https://shop.example@evil.example/in", "https://shop.example:pass@evil.example/in"),
    *("https://@shop.example/in", "https://evil.example\\@shop.example/in", "https:\\\\shop.example/in"),
    *("https://shop.example\\.evil.example/in", "https://evil.example#@shop.example/in"),
    *("https://shop.example/in#evil", "https://evil.example?https://shop.example/in", "data:text/html,x"),
    *("javascript:alert(1)", "javascript://shop.example/in%0aalert(1)", "HTTPS://shop.example/in"),
    *("http://shop.example/in", "https://shop.example:444/in", "https://shop.example:/in"),
    *("https://SHOP.example/in", "https://shop.example/", "https://shop.example", "https://shop.example/in/"),
    *("https://shop.example/in/more", "https://shop.example/in/../out", "https://shop.example//in"),
    *("https://shop.example/%69n", "https://shop.example/in%2f..", "https://shop.example/in\n"),
    *(" https://shop.example/in", "https://shop.example/in\x00", "https://shop.example/i\tn"),
    *("https://shop.exämple/in", "https://shop\u3002example/in", "https://shop.example/in?x=ä"),
    *("https://%73hop.example/in", "https://shop.example/in?rapport_code=mine", "https://[::1]/in"),
    *("https://shop.example/in?a=1&rapport_error=x", "https://shop.example/in?rapport%5Fcode=mine"),
    *("https://shop.example./in", "https://sub.shop.example/in", "https://shop.example/in?" + "x" * 1000),
]  # fmt: skip


@pytest.mark.parametrize("wished", ELSEWHERE)
def test_nobody_is_sent_to_an_address_that_the_shop_does_not_list(browser: Browser, wished: str) -> None:
    answer = browser.leave(return_to=wished)
    assert answer.status_code == 422, answer.headers
    assert "Location" not in answer.headers
    assert not browser.session.cookies
    assert answer.json()["errors"][0]["parameter"] == "return_to"


def test_a_listed_address_may_have_a_query_and_a_listed_origin_any_path(
    open_signing_shop: Any, site: ProviderSite
) -> None:
    told = Browser(open_signing_shop("Query"), site).signs_in(return_to=f"{RETURN}?basket=7&x=a%20b")
    assert told.pop("rapport_code")
    assert told == {"basket": "7", "x": "a b"}
    wide = Browser(
        open_signing_shop("Wide", return_to=["https://shop.example", "http://localhost:3000"]), site
    )
    for address in ("https://shop.example/any/where?a=b", "https://shop.example", "http://localhost:3000/x"):
        back = wide.get(wide.at_provider(wide.leave(return_to=address)))
        where = urlsplit(back.headers["Location"])
        assert f"{where.scheme}://{where.netloc}{where.path}" == address.split("?")[0]
        assert "rapport_code" in parse_qs(where.query)
    assert wide.leave(return_to="https://shop.example.evil.example/").status_code == 422


def swapped(address: str, **words: str | list[str] | None) -> str:
    """Return an address with words of its query changed (None: left out)."""
    query = {**parse_qs(urlsplit(address).query), **words}
    return (
        f"{address.split('?')[0]}?{urlencode({k: v for k, v in query.items() if v is not None}, doseq=True)}"
    )


def kept(browser: Browser) -> tuple[str, str]:
    """Return name and value of the one cookie that a browser keeps."""
    (cookie,) = browser.session.cookies
    return cookie.name, cookie.value


def back_with(browser: Browser, address: str, cookies: dict[str, str]) -> requests.Response:
    """Come back with just these cookies."""
    return requests.get(address, cookies=cookies, allow_redirects=False, timeout=20)


def flipped(text: str, at: int) -> str:
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


LOGIN_CSRF: dict[str, Callable[[str, str, str], tuple[str, dict[str, str]]]] = {
    "no cookie": lambda address, name, value: (address, {}),
    "an empty cookie": lambda address, name, value: (address, {name: ""}),
    "the cookie under another name": lambda address, name, value: (address, {name[:-1]: value}),
    "a cookie cut short": lambda address, name, value: (address, {name: value[:-5]}),
    "a letter of the cookie changed": lambda address, name, value: (address, {name: flipped(value, 40)}),
    "the cookie's first letter changed": lambda address, name, value: (address, {name: flipped(value, 0)}),
    "no base64": lambda address, name, value: (address, {name: "%%%"}),
    "a cookie of 7 KB": lambda address, name, value: (address, {name: value + "A" * 7000}),
    "no state": lambda address, name, value: (swapped(address, state=None), {name: value}),
    "an empty state": lambda address, name, value: (swapped(address, state=""), {name: value}),
    "another state": lambda address, name, value: (swapped(address, state="x" * 43), {name: value}),
    "another sign-in's cookie, renamed": lambda address, name, value: (
        swapped(address, state="x" * 43),
        {f"rapport_signin_{mark_of('x' * 43)}": value},
    ),
    "the state twice": lambda address, name, value: (
        swapped(address, state=[*parse_qs(urlsplit(address).query)["state"], "x"]),
        {name: value},
    ),
    "a state of 8 KB": lambda address, name, value: (swapped(address, state="x" * 8000), {name: value}),
    "a state in Unicode": lambda address, name, value: (swapped(address, state="é☕\ud7ff"), {name: value}),
}


@pytest.mark.parametrize("name", LOGIN_CSRF)
def test_only_the_browser_that_began_a_sign_in_ends_it(browser: Browser, name: str) -> None:
    address = browser.at_provider(browser.leave())
    spoiled, cookies = LOGIN_CSRF[name](address, *kept(browser))
    asked = len(browser.site.asked)
    answer = back_with(browser, spoiled, cookies)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert "Location" not in answer.headers
    assert len(browser.site.asked) == asked, "the provider is not even asked"
    page = requests.get(spoiled, cookies=cookies, headers={"Accept": "text/html"}, timeout=20)
    assert page.status_code == 422
    assert page.headers["Content-Type"].startswith("text/html")
    assert "sign in again" in page.text
    # The control: the same return, unspoiled, is a sign-in.
    assert (
        back_with(browser, address, dict([kept(browser)]))
        .headers["Location"]
        .startswith(f"{RETURN}?rapport_code")
    )


def test_a_cookie_opens_nothing_of_another_shop_or_provider(
    shop: OpenShop, site: ProviderSite, open_signing_shop: Any, browser: Browser
) -> None:
    other = open_signing_shop("Neighbour")
    setup(shop, "second", issuer=site.url)
    known_everywhere()
    address = browser.at_provider(browser.leave())
    cookie = dict([kept(browser)])
    for elsewhere in (
        address.replace(shop.shop_id, other.shop_id),
        address.replace("/acme/", "/second/"),
        address.replace("/acme/", "/unknown/"),
    ):
        assert back_with(browser, elsewhere, cookie).status_code in (404, 422)
    assert back_with(browser, address, cookie).status_code == 302
    assert shop.call("GET", "/v1/shop", key=None, cookies=cookie).status_code == 401
    assert shop.call("GET", "/v1/shoppers/me", key="publishable", cookies=cookie).status_code == 401


def test_a_return_counts_once(shop: OpenShop, browser: Browser) -> None:
    address = browser.at_provider(browser.leave())
    cookie = dict([kept(browser)])
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: back_with(browser, address, cookie), range(6)))
    told = [answer.headers["Location"].removeprefix(f"{RETURN}?").split("=")[0] for answer in answers]
    assert sorted(told) == ["rapport_code"] + ["rapport_error"] * 5
    assert back_with(browser, address, cookie).headers["Location"] == f"{RETURN}?rapport_error=used"


def test_a_return_after_ten_minutes_is_too_late(shop: OpenShop, browser: Browser) -> None:
    view = shop.merchant.shops.view(shop.shop_id, fresh=True)
    provider = provider_of(view.settings, "acme")
    callback = f"{shop.service.url}/v1/signin/{shop.shop_id}/acme/callback"
    begun = Begun.anew(RETURN, callback, False, time.time())
    for age, word in ((590.0, "provider_refused"), (610.0, "expired"), (-700.0, "expired")):
        old = replace(begun, at=begun.at - age, state=f"{begun.state}{age}")
        cookie = {f"rapport_signin_{mark_of(old.state)}": seal(old, view, provider) or ""}
        answer = back_with(browser, f"{callback}?{urlencode({'state': old.state, 'code': 'x'})}", cookie)
        assert answer.headers["Location"] == f"{RETURN}?rapport_error={word}"


def test_an_address_that_is_no_longer_listed_is_not_returned_to(
    open_signing_shop: Any, site: ProviderSite
) -> None:
    shop = open_signing_shop("Changing its mind")
    browser = Browser(shop, site)
    address = browser.at_provider(browser.leave())
    setup(shop, "acme", issuer=site.url, return_to=["https://elsewhere.example"])
    known_everywhere()
    answer = browser.get(address)
    assert answer.status_code == 422
    assert "Location" not in answer.headers


PROVIDER_SAYS: dict[str, tuple[dict[str, Any], str]] = {
    "the shopper said no": ({"code": None, "error": "access_denied"}, "access_denied"),
    "another error": ({"code": None, "error": "server_error"}, "provider_refused"),
    "an error of 5,000 letters": ({"code": None, "error": "x" * 5000}, "provider_refused"),
    "no code": ({"code": None}, "provider_refused"),
    "an empty code": ({"code": ""}, "provider_refused"),
    "a code of its own making": ({"code": "made-up"}, "provider_refused"),
    "a code in Unicode": ({"code": "☕\u0000é"}, "provider_refused"),
    "a code of 5,000 letters": ({"code": "x" * 5000}, "provider_refused"),
    "two codes": ({"code": ["one", "two"]}, "provider_refused"),
    "another issuer's name": ({"iss": "https://other.example"}, "not_proven"),
    "another issuer's error": ({"iss": "https://other.example", "error": "access_denied"}, "not_proven"),
}  # fmt: skip


@pytest.mark.parametrize("name", PROVIDER_SAYS)
def test_what_a_provider_may_say_instead(browser: Browser, name: str) -> None:
    words, told = PROVIDER_SAYS[name]
    address = browser.at_provider(browser.leave())
    assert browser.returned(swapped(address, **words)) == {"rapport_error": told}


def test_the_shopper_says_no_at_the_provider(browser: Browser) -> None:
    asked = browser.leave()
    state = parse_qs(urlsplit(asked.headers["Location"]).query)["state"]
    address = browser.at_provider(asked, action="deny")
    address = address if "state=" in address else swapped(address, state=state)  # this provider forgets it
    assert browser.returned(address) == {"rapport_error": "access_denied"}


def test_a_code_of_another_sign_in_proves_nobody(shop: OpenShop, site: ProviderSite) -> None:
    """A stolen code in the thief's own return: refused by PKCE, and by the nonce where there is none."""
    victim, thief = Browser(shop, site), Browser(shop, site)
    for checks, word in ((True, "provider_refused"), (False, "not_proven")):
        with site.answering(checks_verifiers=checks):
            stolen = parse_qs(urlsplit(victim.at_provider(victim.leave())).query)["code"]
            own = thief.at_provider(thief.leave(), "bob")
            assert thief.returned(swapped(own, code=stolen)) == {"rapport_error": word}


def signed(
    site: ProviderSite, claims: Claims | str, key: Any = None, alg: str = "RS256", **header: Any
) -> str:
    """Return an ID token as the provider would sign it, or with another key."""
    claims = claims if isinstance(claims, str) else json.dumps(claims)
    return jwt.PyJWS().encode(claims.encode(), key or site.key(), algorithm=alg, headers=header or None)


def with_claims(**changes: Any) -> Change:
    return lambda site, id_token: signed(site, token_of(site, id_token, **changes))


def by_hand(header: Claims, sign: Callable[[bytes, ProviderSite], bytes]) -> Change:
    def made(site: ProviderSite, id_token: str) -> str:
        head = f"{encoded(json.dumps(header))}.{id_token.split('.')[1]}"
        return f"{head}.{encoded(sign(head.encode(), site))}"

    return made


def public_pem(site: ProviderSite) -> bytes:
    return (
        site.key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def mac(secret: Callable[[ProviderSite], bytes]) -> Callable[[bytes, ProviderSite], bytes]:
    return lambda text, site: hmac.new(secret(site), text, hashlib.sha256).digest()


STRANGER = rsa.generate_private_key(65537, 2048)


def by_stranger(**header: Any) -> Change:
    own = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(STRANGER.public_key()))

    def made(site: ProviderSite, id_token: str) -> str:
        filled = {name: own if value == "OWN" else value for name, value in header.items()}
        return signed(site, token_of(site, id_token), STRANGER, **filled)

    return made


def kid(site: ProviderSite) -> str:
    return site.storage.jwk.thumbprint()


FORGED: dict[str, Change] = {
    "alg none": by_hand({"alg": "none"}, lambda text, site: b""),
    "alg None": by_hand({"alg": "None"}, lambda text, site: b""),
    "no alg": by_hand({"typ": "JWT"}, lambda text, site: b""),
    "the public key as a shared secret": by_hand({"alg": "HS256"}, mac(public_pem)),
    "the client's secret as the key": by_hand({"alg": "HS256"}, mac(lambda site: SECRET.encode())),
    "the empty secret": by_hand({"alg": "HS256"}, mac(lambda site: b"")),
    "a stranger's key": by_stranger(),
    "a stranger's key under the provider's kid": lambda site, t: by_stranger(kid=kid(site))(site, t),
    "a key brought along": by_stranger(jwk="OWN"),
    "a key to be fetched": by_stranger(jku="https://127.0.0.1/keys"),
    "a certificate to be fetched": by_stranger(x5u="https://127.0.0.1/cert"),
    "an unknown kid": lambda site, t: signed(site, token_of(site, t), kid="f" * 12),
    "kid a path": lambda site, t: signed(site, token_of(site, t), kid="../../dev/null"),
    "RS512 by the right key": lambda site, t: signed(site, token_of(site, t), alg="RS512"),
    "PS256 by the right key": lambda site, t: signed(site, token_of(site, t), alg="PS256"),
    "ES256": lambda site, t: signed(
        site, token_of(site, t), ec.generate_private_key(ec.SECP256R1()), "ES256"
    ),
    "a header that must be understood": lambda site, t: signed(site, token_of(site, t), crit=["x"], x=1),
    "claims changed": lambda site, t: ".".join(
        [t.split(".")[0], encoded(json.dumps(token_of(site, t, sub="bob"))), t.split(".")[2]]
    ),
    "another issuer": with_claims(iss="https://other.example"),
    "the issuer with a slash": lambda site, t: signed(site, token_of(site, t, iss=site.url + "/")),
    "no issuer": with_claims(iss=None),
    "for another client": with_claims(aud="somebody else"),
    "for other clients": with_claims(aud=["somebody", "else"]),
    "for nobody": with_claims(aud=[]),
    "aud an object": with_claims(aud={"client": 1}),
    "for us among others, without azp": lambda site, t: signed(
        site, token_of(site, t, aud=[*token_of(site, t)["aud"], "another"])
    ),
    "for another client, given to us": lambda site, t: signed(
        site, token_of(site, t, aud="somebody else", azp=token_of(site, t)["aud"][0])
    ),
    "given to another party": with_claims(azp="somebody else"),
    "expired": lambda site, t: signed(site, token_of(site, t, exp=seconds_from_now(-120))),
    "no exp": with_claims(exp=None),
    "exp text": with_claims(exp="2099-01-01"),
    "exp true": with_claims(exp=True),
    "exp beyond all numbers": lambda site, t: signed(
        site, json.dumps(token_of(site, t, exp=1)).replace('"exp": 1', '"exp": 1e999')
    ),
    "from the future": lambda site, t: signed(site, token_of(site, t, iat=seconds_from_now(3600))),
    "not before tomorrow": lambda site, t: signed(site, token_of(site, t, nbf=seconds_from_now(86400))),
    "no iat": with_claims(iat=None),
    "no nonce": with_claims(nonce=None),
    "another nonce": with_claims(nonce="n" * 43),
    "nonce a list": with_claims(nonce=["n"]),
    "another access token's hash": with_claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "at_hash a number": with_claims(at_hash=5),
    "no subject": with_claims(sub=None),
    "subject empty": with_claims(sub=""),
    "subject a number": with_claims(sub=7),
    "subject of 300 letters": with_claims(sub="s" * 300),
    "subject with a control character": with_claims(sub="a\u0000b"),
    "subject in Unicode": with_claims(sub="änn"),
    "claims a list": lambda site, t: signed(site, "[1]"),
    "claims no JSON": lambda site, t: signed(site, "ann"),
    "claims nested 5,000 deep": lambda site, t: signed(site, "[" * 5000 + "]" * 5000),
    "64 KB": with_claims(more="x" * 48_000),
    "encrypted": lambda site, t: "a.b.c.d.e",
    "two parts": lambda site, t: t.rsplit(".", 1)[0],
    "empty": lambda site, t: "",
    "dots": lambda site, t: "..",
    "not ASCII": lambda site, t: t + "é",
    "a number": lambda site, t: 5,
    "nothing": lambda site, t: None,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_id_token_proves_nobody(
    shop: OpenShop, site: ProviderSite, browser: Browser, name: str
) -> None:
    def spoiled(answer: Claims) -> Claims:
        return {**answer, "id_token": FORGED[name](site, answer["id_token"])}

    address = browser.at_provider(browser.leave(), "mallory")
    with site.answering(changing=spoiled):
        told = browser.returned(address)
    expected = "provider_unavailable" if name in ("a number", "nothing") else "not_proven"
    assert told == {"rapport_error": expected}
    assert shop.merchant.shops.memory(shop.shop_id).sign_ins.find(site.url, "mallory") is None


TRUE: dict[str, Change] = {
    "signed again": with_claims(),
    "with the provider's kid": lambda site, t: signed(site, token_of(site, t), kid=kid(site)),
    "aud as one text": lambda site, t: signed(site, token_of(site, t, aud=token_of(site, t)["aud"][0])),
    "for us among others, given to us": lambda site, t: signed(
        site,
        token_of(site, t, aud=[*token_of(site, t)["aud"], "another"], azp=token_of(site, t)["aud"][0]),
    ),
    "a little old": lambda site, t: signed(site, token_of(site, t, exp=seconds_from_now(-30))),
    "no hash of the access token": with_claims(at_hash=None),
    "a key brought along that nobody looks at": lambda site, t: signed(
        site, token_of(site, t), jku="https://127.0.0.1/keys", x5t="abc"
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_the_control_a_true_id_token_proves(site: ProviderSite, browser: Browser, name: str) -> None:
    def again(answer: Claims) -> Claims:
        return {**answer, "id_token": TRUE[name](site, answer["id_token"])}

    with site.answering(changing=again):
        assert browser.code("carol")


def test_attacks_are_many() -> None:
    assert len(FORGED) + len(LOGIN_CSRF) + len(PROVIDER_SAYS) >= 80
    assert len(ELSEWHERE) >= 40


def test_the_providers_key_may_change_at_any_moment(site: ProviderSite, browser: Browser) -> None:
    assert browser.code()
    site.rotate()
    assert browser.code()
    assert browser.code()


def plain(status: int, body: bytes = b"", **headers: str) -> Callable[[], Any]:
    return lambda: flask.Response(body, status, headers=headers)


WEATHER: dict[str, tuple[dict[str, Callable[[], Any]], str]] = {
    "token door fails": ({"/oauth2/token": plain(500)}, "provider_unavailable"),
    "token door is busy": ({"/oauth2/token": plain(503)}, "provider_unavailable"),
    "token door refuses us": ({"/oauth2/token": plain(401, b"{}")}, "provider_refused"),
    "token door sends on": ({"/oauth2/token": plain(307, Location="/elsewhere")}, "provider_unavailable"),
    "token door speaks HTML": ({"/oauth2/token": plain(200, b"<html>")}, "provider_unavailable"),
    "token door says nothing": ({"/oauth2/token": plain(200)}, "provider_unavailable"),
    "token door says a list": ({"/oauth2/token": plain(200, b"[]")}, "provider_unavailable"),
    "token door says 5,000 brackets": ({"/oauth2/token": plain(200, b"[" * 5000)}, "provider_unavailable"),
    "token door says 1 MB": ({"/oauth2/token": plain(200, b"x" * 10**6)}, "provider_unavailable"),
    "keys are gone": ({"/jwks": plain(500)}, "not_proven"),
    "keys are garbage": ({"/jwks": plain(200, b"{")}, "not_proven"),
    "no keys": ({"/jwks": plain(200, b'{"keys": []}')}, "not_proven"),
}  # fmt: skip


@pytest.mark.parametrize("name", WEATHER)
def test_bad_weather_at_the_provider_is_told_to_the_shops_page(
    site: ProviderSite, browser: Browser, name: str
) -> None:
    spoiled, word = WEATHER[name]
    assert browser.code(), "both before and after, the sky is blue"
    address = browser.at_provider(browser.leave())
    if "/jwks" in spoiled:
        site.rotate()
        address = browser.at_provider(browser.leave())
    with site.answering(spoiled=spoiled):
        assert browser.returned(address) == {"rapport_error": word}
    assert browser.code()


def described(site: ProviderSite, **changes: Any) -> Callable[[], Any]:
    held = {
        "issuer": site.url,
        "authorization_endpoint": f"{site.url}/oauth2/authorize",
        "token_endpoint": f"{site.url}/oauth2/token",
        "jwks_uri": f"{site.url}/jwks",
        **changes,
    }
    return plain(200, json.dumps({k: v for k, v in held.items() if v is not None}).encode())


UNDESCRIBED: dict[str, Callable[[ProviderSite], Any]] = {
    "nobody is there": lambda site: plain(404),
    "an error": lambda site: plain(500),
    "garbage": lambda site: plain(200, b"<html>"),
    "a list": lambda site: plain(200, b"[]"),
    "another issuer": lambda site: described(site, issuer="https://other.example"),
    "no token door": lambda site: described(site, token_endpoint=None),
    "a token door without https": lambda site: described(site, token_endpoint="http://127.0.0.1/token"),
    "a door that runs script": lambda site: described(site, authorization_endpoint="javascript:alert(1)"),
    "a door with a user": lambda site: described(site, authorization_endpoint="https://x@evil.example/"),
    "a door in Unicode": lambda site: described(site, jwks_uri="https://exämple/"),
    "a door with a line break": lambda site: described(site, jwks_uri="https://a.example/\r\nx: y"),
    "a door that is a list": lambda site: described(site, userinfo_endpoint=["https://a.example"]),
    "a broken address": lambda site: described(site, token_endpoint="https://[::1/"),
}  # fmt: skip


@pytest.fixture(scope="module")
def troubled(open_signing_shop: Any, site: ProviderSite) -> OpenShop:
    """A shop with a provider for each kind of trouble, at an issuer of its own."""
    shop = open_signing_shop("Troubled")
    trouble = {f"t{number}": f"{site.url}/{number}" for number in range(len(UNDESCRIBED))}
    further = {
        "inside": "https://10.0.0.1",
        "localhost": "https://localhost:1",
        "closed": "https://127.0.0.1:1",
    }
    written = {
        f"oidc.{name}": {"issuer": issuer, "client_id": "x", "return_to": [RETURN]}
        for name, issuer in {**trouble, **further}.items()
    }
    assert shop.call("PATCH", "/v1/shop", written).status_code == 200
    return shop


@pytest.mark.parametrize("number", range(len(UNDESCRIBED)))
def test_a_provider_that_does_not_describe_itself_rightly_is_not_gone_to(
    troubled: OpenShop, site: ProviderSite, number: int
) -> None:
    spoiled = list(UNDESCRIBED.values())[number](site)
    with site.answering(spoiled={f"/{number}/.well-known/openid-configuration": spoiled}):
        answer = Browser(troubled, site).leave(f"t{number}")
    assert answer.headers["Location"] == f"{RETURN}?rapport_error=provider_unavailable"


@pytest.mark.parametrize("name", ["inside", "localhost", "closed"])
def test_a_provider_inside_or_away_is_not_gone_to(troubled: OpenShop, site: ProviderSite, name: str) -> None:
    answer = Browser(troubled, site).leave(name)
    assert answer.headers["Location"] == f"{RETURN}?rapport_error=provider_unavailable"


def test_a_provider_that_promises_its_name_must_say_it(open_signing_shop: Any, site: ProviderSite) -> None:
    shop = open_signing_shop("Named", issuer=f"{site.url}/named")
    says = described(site, issuer=f"{site.url}/named", authorization_response_iss_parameter_supported=True)

    def renamed(answer: Claims) -> Claims:
        claims = token_of(site, answer["id_token"], iss=f"{site.url}/named")
        return {**answer, "id_token": signed(site, claims)}

    browser = Browser(shop, site)
    with site.answering(spoiled={"/named/.well-known/openid-configuration": says}, changing=renamed):
        assert browser.signs_in() == {"rapport_error": "not_proven"}
        address = browser.at_provider(browser.leave())
        told = browser.returned(swapped(address, iss=f"{site.url}/named"))
        assert set(told) == {"rapport_code"}


@pytest.mark.slow
def test_a_slow_provider_ends_sign_ins_and_nothing_else(shop: OpenShop, site: ProviderSite) -> None:
    goes_on = threading.Event()

    def waits() -> Any:
        goes_on.wait(20)
        return flask.Response("{}", 200)

    browsers = [Browser(shop, site) for _ in range(12)]
    addresses = [browser.at_provider(browser.leave()) for browser in browsers]
    with site.answering(spoiled={"/oauth2/token": waits}), ThreadPoolExecutor(12) as pool:
        coming = [
            pool.submit(browser.returned, address)
            for browser, address in zip(browsers, addresses, strict=True)
        ]
        while site.asked[-1] != "/oauth2/token":
            assert not all(each.done() for each in coming)
        for _ in range(20):
            assert shop.call("GET", "/healthz", key=None).status_code == 200
        told = [each.result() for each in coming]
        goes_on.set()
    assert told == [{"rapport_error": "provider_unavailable"}] * 12


def test_providers_hold_up_two_threads_of_a_process_at_most() -> None:
    providers = Providers()
    with providers.a_place(), providers.a_place():
        with pytest.raises(OutsideRefused), providers.a_place():
            pytest.fail("a third place")
        with pytest.raises(OutsideRefused):
            providers.metadata("https://provider.example")
    assert not providers._described, "that there was no place says nothing of the provider"
    with providers.a_place():
        pass


# The shop's server


def test_a_code_counts_once_and_in_its_shop_only(
    shop: OpenShop, open_signing_shop: Any, browser: Browser
) -> None:
    other = open_signing_shop("Foreign")
    code = browser.code()
    for caller, key, status in ((other, "secret", 422), (shop, "publishable", 403), (shop, None, 401)):
        answer = caller.call("POST", "/v1/signin/exchange", {"code": code}, key=key)
        assert answer.status_code == status
    with ThreadPoolExecutor(8) as pool:
        body = {"code": code}
        answers = list(
            pool.map(
                lambda _: requests.post(
                    f"{shop.service.url}/v1/signin/exchange",
                    json=body,
                    headers={"Authorization": f"Bearer {shop.keys['secret']}"},
                    timeout=20,
                ),
                range(8),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 7
    refused = {answer.json()["detail"] for answer in answers if answer.status_code == 422}
    unknown = shop.call("POST", "/v1/signin/exchange", {"code": "x" * 43}).json()
    foreign = other.call("POST", "/v1/signin/exchange", {"code": code}).json()
    assert {unknown["detail"], foreign["detail"]} == refused, "unknown, used and foreign look the same"


def test_a_code_lives_for_a_minute(shop: OpenShop, browser: Browser) -> None:
    code = browser.code()
    store = shop.merchant.shops.store.connection
    name = hashlib.sha256(code.encode()).hexdigest()
    assert 0 < store.call("TTL", f"{{{shop.shop_id}}}:sign-in-code:{name}") <= 60
    assert not any(code.encode() in key for key in store.scan(f"{{{shop.shop_id}}}*")), "kept as a hash only"


@pytest.mark.parametrize("code", ["", "x" * 129, 5, None, ["x"], "\u0000", "../../x", "é☕", "x" * 100_000])
def test_a_code_that_is_none_is_refused(shop: OpenShop, code: Any) -> None:
    answer = shop.call("POST", "/v1/signin/exchange", {"code": code})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/code"


def test_the_shop_may_say_whose_sign_in_it_is(open_signing_shop: Any, site: ProviderSite) -> None:
    shop = open_signing_shop("Linking")
    browser = Browser(shop, site)
    first = exchanged(shop, browser.code(), shopper="customer-7")
    assert first["shopper"] == {"shopper_id": "customer-7", "new": False}
    assert exchanged(shop, browser.code())["shopper"]["shopper_id"] == "customer-7"
    assert exchanged(shop, browser.code(), shopper="customer-7")["shopper"]["shopper_id"] == "customer-7"
    code = browser.code()
    answer = shop.call("POST", "/v1/signin/exchange", {"code": code, "shopper": "customer-8"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/shopper")
    assert "another shopper" in answer.json()["detail"]
    assert exchanged(shop, code)["shopper"]["shopper_id"] == "customer-7", "the code is still good"
    assert exchanged(shop, browser.code("bob"), shopper="customer-7")["shopper"]["shopper_id"] == "customer-7"
    sign_ins = shop.merchant.shops.memory(shop.shop_id).sign_ins
    assert {(link.iss, link.sub) for link in sign_ins.of("customer-7")} == {
        (site.url, "ann"),
        (site.url, "bob"),
    }
    assert sign_ins.of("customer-8") == []
    assert {link.sub for link in sign_ins.every()} == {"ann", "bob"}
    kept_links = [link.to_bytes() for link in sign_ins.of("customer-7")]
    assert sign_ins.forget("customer-7") == 2
    assert list(sign_ins.every()) == sign_ins.of("customer-7") == []
    anew = exchanged(shop, browser.code())["shopper"]
    assert anew["new"]
    assert anew["shopper_id"].startswith("oidc_")
    restored = [sign_ins.keep(Link.from_bytes(data)) for data in kept_links]
    assert sorted(restored) == [False, True], "what is somebody's by now stays theirs"


def test_two_first_sign_ins_at_once_are_one_shopper(open_signing_shop: Any, site: ProviderSite) -> None:
    shop = open_signing_shop("At once")
    codes = [Browser(shop, site).code("dora") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda code: exchanged_apart(shop, code), codes))
    assert len({each["shopper"]["shopper_id"] for each in done}) == 1
    assert sum(each["shopper"]["new"] for each in done) == 1
    sign_ins = shop.merchant.shops.memory(shop.shop_id).sign_ins
    assert len(sign_ins.of(done[0]["shopper"]["shopper_id"])) == 1
    assert not list(shop.merchant.shops.store.connection.scan(f"*{shop.shop_id}*sign-ins-of:u:oidc_*"))[1:]


def exchanged_apart(shop: OpenShop, code: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {shop.keys['secret']}"}
    url = f"{shop.service.url}/v1/signin/exchange"
    return requests.post(url, json={"code": code}, headers=headers, timeout=20).json()


CONSENT = [
    # what the page said, what the server says, whether the browser sends Sec-GPC: whether claims are kept
    (None, None, False, False),
    ("no", None, False, False),
    ("yes", None, False, True),
    ("yes", False, False, False),
    (None, True, False, True),
    ("yes", None, True, False),
    ("yes", True, True, False),
]


@pytest.mark.parametrize(("page", "server", "gpc", "stays"), CONSENT)
def test_claims_are_kept_with_consent_only(
    shop: OpenShop, site: ProviderSite, page: str | None, server: bool | None, gpc: bool, stays: bool
) -> None:
    browser = Browser(shop, site)
    browser.session.headers.update({"Sec-GPC": "1"} if gpc else {})
    subject = f"s-{page}-{server}-{gpc}@mail.example"  # this provider takes a new subject for a mail address
    code = browser.code(subject, query={"consent": page} if page else {})
    done = exchanged(shop, code, **({} if server is None else {"consent": server}))
    held = profile(shop, done["shopper"]["shopper_id"])
    assert ("mail" in held.traits) is stays
    assert bool(held.sign_ins) is not gpc
    assert set(held.traits) <= {"mail"}, "nothing that the shop did not choose"
    assert done["claims"] == ({} if gpc else {"mail": subject})


def test_claims_that_only_userinfo_has_are_asked_for(open_signing_shop: Any, site: ProviderSite) -> None:
    shop = open_signing_shop("Userinfo", claims={"email": "mail", "favourite": "favourite"})
    browser = Browser(shop, site)

    def says(body: Any) -> dict[str, Any]:
        return {"/userinfo": plain(200, json.dumps(body).encode())}

    assert exchanged(shop, browser.code())["claims"] == {"mail": "ann@mail.example"}
    with site.answering(spoiled=says({"sub": "ann", "favourite": "red", "email": "other@mail.example"})):
        assert exchanged(shop, browser.code())["claims"] == {"mail": "ann@mail.example", "favourite": "red"}
    with site.answering(spoiled=says({"sub": "bob", "favourite": "red"})):
        assert exchanged(shop, browser.code())["claims"] == {"mail": "ann@mail.example"}
    for odd in (10**30, "x" * 2000, "\ud800", None, [[[]]] * 400):
        with site.answering(spoiled=says({"sub": "ann", "favourite": odd})):
            assert exchanged(shop, browser.code())["claims"] == {"mail": "ann@mail.example"}
    with site.answering(spoiled={"/userinfo": plain(500)}):
        assert exchanged(shop, browser.code())["claims"] == {"mail": "ann@mail.example"}


def test_the_secret_is_written_and_never_read_back(shop: OpenShop, site: ProviderSite) -> None:
    held = shop.call("GET", "/v1/shop")
    assert SECRET not in held.text
    assert held.json()["oidc"]["acme"]["client_secret"] == "set"
    again = {**held.json()["oidc"]["acme"]}
    assert shop.call("PATCH", "/v1/shop", {"oidc.acme": again}).status_code == 422, "`set` is no secret"
    del again["client_secret"]
    assert shop.call("PATCH", "/v1/shop", {"oidc.acme": again}).status_code == 200
    settings = shop.merchant.shops.view(shop.shop_id, fresh=True).settings
    assert settings.oidc["acme"]["client_secret"] == SECRET, "what cannot be read stays when left out"
    moved = {**again, "issuer": "https://other.example"}
    assert (
        "client_secret" not in shop.call("PATCH", "/v1/shop", {"oidc.moved": moved}).json()["oidc"]["moved"]
    )
    setup(shop, "moved", issuer=site.url)
    assert (
        "client_secret" not in shop.call("PATCH", "/v1/shop", {"oidc.moved": moved}).json()["oidc"]["moved"]
    )
    assert "moved" not in shop.call("PATCH", "/v1/shop", {"oidc.moved": None}).json()["oidc"]


@pytest.mark.parametrize(
    "written",
    [
        *({}, {"issuer": "https://a.example"}, {"client_id": "x"}, [], "x", {"issuer": 5, "client_id": "x"}),
        {"issuer": "http://a.example", "client_id": "x"},
        {"issuer": "https://u:p@a.example", "client_id": "x"},
        {"issuer": "https://a.example?x=1", "client_id": "x"},
        {"issuer": "https://a.example", "client_id": ""},
        {"issuer": "https://a.example", "client_id": "x", "client_secret": "short"},
        {"issuer": "https://a.example", "client_id": "x", "link_by": "email"},
        {"issuer": "https://a.example", "client_id": "x", "return_to": ["//a.example"]},
        {"issuer": "https://a.example", "client_id": "x", "return_to": ["https://a.example/?x=1"]},
        {"issuer": "https://a.example", "client_id": "x", "return_to": ["https://*.a.example"]},
        {"issuer": "https://a.example", "client_id": "x", "scopes": ["open id"]},
        {"issuer": "https://a.example", "client_id": "x", "claims": {"email": 5}},
        {"issuer": "https://a.example", "client_id": "x", "claims": ["email"]},
    ],
)
def test_a_provider_is_checked_when_it_is_set_up(shop: OpenShop, written: Any) -> None:
    assert shop.call("PATCH", "/v1/shop", {"oidc.new": written}).status_code == 422
    assert shop.call("PATCH", "/v1/shop", {"oidc.N w": {"issuer": "https://a.example", "client_id": "x"}}).status_code == 422  # noqa: E501  # fmt: skip


def test_a_provider_is_set_up_on_the_command_line(running: Service, shop: OpenShop) -> None:
    written = json.dumps({"issuer": "https://a.example", "client_id": "x"})
    done = CliRunner().invoke(set_, [shop.shop_id, f"oidc.typed={written}"], env=running.environment)
    assert done.exit_code == 0, done.output
    assert shop.call("GET", "/v1/shop").json()["oidc"]["typed"]["issuer"] == "https://a.example"
    for wrong in ("{", "x", "None"):
        with pytest.raises(Refused, match="JSON"):
            _assignment(f"oidc.typed={wrong}")
    assert _assignment("oidc.typed=") == ("oidc.typed", None)


def test_a_shop_without_a_signing_key_signs_nobody_in(open_signing_shop: Any, site: ProviderSite) -> None:
    shop = open_signing_shop("Keyless")
    browser = Browser(shop, site)
    code, address = browser.code(), browser.at_provider(browser.leave())
    shop.merchant.revoke(shop.shop_id, shop.shop["signing_key"]["kid"])
    known_everywhere()
    assert shop.call("POST", "/v1/signin/exchange", {"code": code}).status_code == 409
    assert browser.leave().status_code == 409
    assert browser.get(address).status_code == 422
    text, _ = shop.merchant.rotate(shop.shop_id, "signing")
    known_everywhere()
    done = exchanged(shop, code)
    assert jwt.decode(done["shopper_token"], text, algorithms=["HS256"], audience=shop.shop_id)


@pytest.mark.parametrize(
    "path", ["nobody-000000/acme", "x_y/acme", "%00/acme", "..%2f/acme", "é/ü", "a" * 5000 + "/b"]
)
def test_an_unknown_shop_or_provider_is_not_found(shop: OpenShop, path: str) -> None:
    for door in (f"/v1/signin/{path}?return_to={RETURN}", f"/v1/signin/{path}/callback?state=x&code=y"):
        answer = shop.call("GET", door, key=None)
        assert answer.status_code == 404, answer.text
    same = shop.call("GET", f"/v1/signin/{shop.shop_id}/nobody?return_to={RETURN}", key=None)
    assert same.json() == shop.call("GET", f"/v1/signin/nobody/acme?return_to={RETURN}", key=None).json()


def test_a_store_that_is_not_safe_signs_nobody_in_and_the_code_stays_good(
    shop: OpenShop, site: ProviderSite
) -> None:
    shops = shop.merchant.shops
    sign_ins = shops.memory(shop.shop_id).sign_ins
    code = sign_ins.offer(Proven("acme", site.url, "erin"))

    def tried() -> SignedIn:
        return SignIn(Storefront(shops, time.time), Providers()).exchange(shop.shop_id, code, None, None)

    (node,) = shops.store.connection.nodes()
    node.config_set("appendfsync", "everysec")
    try:
        with pytest.raises(StoreUnsafe):
            tried()
    finally:
        node.config_set("appendfsync", "always")
    done = tried()
    assert done.new
    assert profile(shop, done.link.shopper_id).sign_ins
    with pytest.raises(Invalid):
        tried()
