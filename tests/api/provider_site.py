"""A real OpenID Connect provider on this machine, over https, whose answers a test may spoil."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import joserfc.jwk
import jwt
import oidc_provider_mock
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server

Claims = dict[str, Any]
USERS = [
    oidc_provider_mock.User(sub="ann", claims={"email": "ann@mail.example", "name": "Ann", "locale": "de"}),
    oidc_provider_mock.User(sub="bob", claims={"email": "ann@mail.example", "name": "Bob"}),
]


def _read_once(key: Any) -> None:
    """Have the provider read its key once: it does so for every token, which takes a tenth of a second."""
    if "as_dict" not in vars(key):
        written, ready = key.as_dict, joserfc.jwk.import_key(key.as_dict(is_private=True), "RSA")
        key.as_dict = lambda is_private=False, **kwargs: ready if is_private else written(**kwargs)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate of 127.0.0.1 that vouches for itself, and its key; return both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    held = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(held.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


class ProviderSite:
    """The provider. It asks for the verifier of every code (PKCE), which the library's own does not."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self.certificate = certificate
        self.spoiled: dict[str, Callable[[], Any]] = {}  # path -> what is answered instead
        self.changing: Callable[[Claims], Claims] | None = None  # the token answer, on its way out
        self.checks_verifiers = True
        self.asked: list[str] = []
        self.forms: list[dict[str, str]] = []
        self._challenges: dict[str, str] = {}
        app = oidc_provider_mock.app(require_nonce=True, user_claims=USERS)
        app.before_request_funcs.setdefault(None, []).append(self._before)
        app.after_request(self._after)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def _before(self) -> Any:
        self.storage = flask.g.oidc_provider_mock_storage
        _read_once(self.storage.jwk)
        self.asked.append(flask.request.path)
        if (spoiled := self.spoiled.get(flask.request.path)) is not None:
            return spoiled()
        if flask.request.path == "/oauth2/token":
            form = dict(flask.request.form)
            self.forms.append({**form, "Authorization": flask.request.headers.get("Authorization", "")})
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if self.checks_verifiers and self._challenges.get(form.get("code", "")) != shown:
                return flask.jsonify({"error": "invalid_grant"}), 400
        return None

    def _after(self, response: flask.Response) -> flask.Response:
        asked = flask.request.args
        if flask.request.path == "/oauth2/authorize" and response.status_code == 302:
            (code,) = parse_qs(urlsplit(response.headers["Location"]).query).get("code", [""])
            assert asked["code_challenge_method"] == "S256"
            self._challenges[code] = asked["code_challenge"]
        if flask.request.path == "/oauth2/token" and response.status_code == 200 and self.changing:
            response.set_data(json.dumps(self.changing(response.get_json())))
        return response

    def key(self) -> Any:
        """Return the provider's private signing key."""
        return self.storage.jwk.get_private_key()

    def rotate(self) -> None:
        """Have the provider sign with another key from now on."""
        self.storage.jwk = type(self.storage.jwk).generate_key(is_private=True)

    @contextlib.contextmanager
    def answering(self, **changes: Any) -> Iterator[None]:
        """Have the provider answer otherwise for the length of a block."""
        before = {name: getattr(self, name) for name in changes}
        for name, value in changes.items():
            setattr(self, name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(self, name, value)

    def close(self) -> None:
        """End the provider."""
        self.server.shutdown()
        self.server.server_close()


class Browser:
    """What a shopper's browser does: follows no redirect by itself, keeps cookies where they belong."""

    def __init__(self, shop: Any, site: ProviderSite) -> None:
        self.shop = shop
        self.site = site
        self.session = requests.Session()
        self.session.trust_env = False  # else another bundle of certificates could be named there
        self.session.verify = str(site.certificate)
        self.session.headers["Connection"] = "close"

    def get(self, address: str, **kwargs: Any) -> requests.Response:
        """Open an address."""
        return self.session.get(address, allow_redirects=False, timeout=20, **kwargs)

    def leave(
        self, provider: str = "acme", return_to: str = "https://shop.example/in", **kwargs: Any
    ) -> requests.Response:
        """Ask to sign in."""
        query = {"return_to": return_to, **kwargs.pop("query", {})}
        path = f"{self.shop.service.url}/v1/signin/{self.shop.shop_id}/{provider}"
        return self.get(path, params=query, **kwargs)

    def at_provider(self, asked: requests.Response, subject: str = "ann", **form: str) -> str:
        """Sign in at the provider and return the address that it sends the browser back to."""
        assert asked.status_code == 302, asked.text
        address = asked.headers["Location"]
        assert address.startswith(self.site.url), address
        said = self.session.post(address, data={"sub": subject, **form}, allow_redirects=False, timeout=20)
        assert said.status_code == 302, said.text
        return said.headers["Location"]

    def returned(self, address: str, **kwargs: Any) -> dict[str, str]:
        """Come back, and return what the shop's page is told."""
        answer = self.get(address, **kwargs)
        assert answer.status_code == 302, (answer.status_code, answer.text)
        assert answer.headers["Location"].startswith("https://shop.example/in?")
        return {name: said for name, (said,) in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def signs_in(self, subject: str = "ann", **kwargs: Any) -> dict[str, str]:
        """Go the whole way and return what the shop's page is told."""
        return self.returned(self.at_provider(self.leave(**kwargs), subject))

    def code(self, subject: str = "ann", **kwargs: Any) -> str:
        """Go the whole way and return the one-time code."""
        said = self.signs_in(subject, **kwargs)
        assert set(said) == {"rapport_code"}, said
        return said["rapport_code"]


def token_of(site: ProviderSite, id_token: str, **changes: Any) -> Claims:
    """Return the claims of a provider's ID token with some changed (None: left out)."""
    claims = jwt.decode(id_token, options={"verify_signature": False})
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def seconds_from_now(seconds: float) -> int:
    """Return a moment as tokens say it."""
    return int(time.time() + seconds)
