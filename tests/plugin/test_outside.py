"""Outside addresses: the open internet is fetched from, what is our own is not, however it is spelled."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from plugin.key_sets import KeySets, read_key_set
from plugin.outside import OutsideRefused, fetch, is_public
from tests.plugin.sites import certificate_in

OURS = frozenset({"127.0.0.1"})


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.8", "172.16.4.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"),
    ],
)
def test_an_address_of_our_own_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://keys.example/",
            "ftp://keys.example/",
            "file:///etc/passwd",
            "https:///nobody",
            "//keys.example",
        ),
        *(
            "https://user:word@keys.example/",
            "https://keys.example:99999/",
            "https://127.0.0.1/",
            "https://[::1]/",
        ),
        *("https://2130706433/", "https://0x7f000001/", "https://localhost/"),
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(OutsideRefused):
        fetch(url, 1000)


def test_a_name_with_one_address_inside_is_refused() -> None:
    with pytest.raises(OutsideRefused, match=r"10\.0\.0\.9"):
        fetch("https://keys.example/", 1000, resolving=lambda host, port: ["1.1.1.1", "10.0.0.9"])


class Site:
    """A real https server on this machine, with a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        certificate, key = certificate_in(folder)
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, body = site.answers.get(self.path, (404, b""))
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/keys")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                """Nothing to say."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.context = ssl.create_default_context(cafile=str(certificate))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server.server_address[1]}"

    def fetch(self, url: str, largest: int) -> bytes:
        return fetch(url, largest, allowed=OURS, context=self.context)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    held = Site(tmp_path)
    yield held
    held.server.shutdown()
    held.server.server_close()


def test_what_an_operator_vouches_for_is_fetched_within_bounds(site: Site) -> None:
    site.answers["/keys?a=1"] = (200, b"x" * 100)
    assert site.fetch(f"{site.url}/keys?a=1", 100) == b"x" * 100
    with pytest.raises(OutsideRefused, match="more than 99"):
        site.fetch(f"{site.url}/keys?a=1", 99)


def test_redirects_and_strangers_certificates_are_not_followed(site: Site) -> None:
    site.answers["/moved"] = (302, b"")
    with pytest.raises(OutsideRefused, match="302"):
        site.fetch(f"{site.url}/moved", 100)
    assert site.asked == ["/moved"]
    with pytest.raises(OutsideRefused):
        fetch(f"{site.url}/keys", 100, allowed=OURS)


def public_key(kid: str, private: Any, **members: Any) -> dict[str, Any]:
    """Return the JWK of a private key's public half."""
    algorithm = jwt.algorithms.RSAAlgorithm if hasattr(private, "key_size") else jwt.algorithms.OKPAlgorithm
    return {**json.loads(algorithm.to_jwk(private.public_key())), "kid": kid, **members}


RSA, SMALL = (rsa.generate_private_key(65537, bits) for bits in (2048, 1024))
EDWARDS = ed25519.Ed25519PrivateKey.generate()


def test_a_key_set_is_read_with_one_algorithm_a_key() -> None:
    entries = [
        public_key("rsa", RSA),
        public_key("ed", EDWARDS),
        public_key("small", SMALL),
        public_key("lying", RSA, alg="HS256"),
        public_key("for-encryption", RSA, use="enc"),
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
        {**public_key("private", RSA), "d": "AQAB"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
        "no object",
    ]
    found = read_key_set(json.dumps({"keys": entries}).encode())
    assert {kid: key.alg for kid, key in found.items()} == {"rsa": "RS256", "ed": "EdDSA"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"keys": 3}', b"<html>", b'{"keys": ' + b"[" * 5000])
def test_what_is_no_key_set_is_refused(body: bytes) -> None:
    with pytest.raises(OutsideRefused):
        read_key_set(body)


def test_a_key_set_is_kept_asked_again_for_a_new_key_and_outlives_a_failure(site: Site) -> None:
    now = [0.0]
    sets = KeySets(site.fetch, clock=lambda: now[0])
    url = f"{site.url}/keys"
    site.answers["/keys"] = (200, json.dumps({"keys": [public_key("one", RSA)]}).encode())
    assert sets.find(url, "one")
    assert sets.find(url, "one")
    assert len(site.asked) == 1
    site.answers["/keys"] = (200, json.dumps({"keys": [public_key("two", RSA)]}).encode())
    assert sets.find(url, "two") is None, "a guessed kid does not make us ask again at once"
    now[0] = 31.0
    assert sets.find(url, "two")
    assert len(site.asked) == 2
    site.answers["/keys"] = (500, b"")
    now[0] = 31.0 + 599.0
    assert sets.find(url, "one") is None
    assert sets.find(url, "two"), "what was known is kept while the set cannot be fetched"
    now[0] += 60.0
    assert sets.find(url, "two") is None, "but no longer than it would have been kept"
