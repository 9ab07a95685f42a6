"""What the shop has to know before it opens: where its data lies, where the service is, and its keys."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Settings:
    """One shop's settings. The keys never reach a page, except the publishable one."""

    data: Path
    api: str
    shop: str
    publishable_key: str
    secret_key: str
    signing_kid: str
    signing_key: str
    name: str = "Bellwether & Finch"
    host: str = "127.0.0.1"
    port: int = 8081

    @property
    def api_origin(self) -> str:
        """The service's origin, as a content security policy names it."""
        parts = urlsplit(self.api)
        return f"{parts.scheme}://{parts.netloc}"


KEYS = {
    "shop": "RAPPORT_SHOP_ID",
    "publishable_key": "RAPPORT_PUBLISHABLE_KEY",
    "secret_key": "RAPPORT_SECRET_KEY",
    "signing_kid": "RAPPORT_SIGNING_KID",
    "signing_key": "RAPPORT_SIGNING_KEY",
}


def read_settings(
    arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Return the settings from the command line; keys missing there come from the environment.

    Ends the program with a message naming whatever is missing.
    """
    parser = argparse.ArgumentParser(prog="python -m widgets.storefront", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--api", default="http://127.0.0.1:8080", help="the service's address")
    parser.add_argument("--data", type=Path, required=True, help="folder with products, shoppers and orders")
    parser.add_argument("--name", default="Bellwether & Finch", help="the shop's name")
    for option, variable in KEYS.items():
        parser.add_argument(
            f"--{option.replace('_', '-')}", default=environ.get(variable), help=f"or {variable}"
        )
    given = parser.parse_args(arguments)
    for option, variable in KEYS.items():
        if not getattr(given, option):
            parser.error(f"--{option.replace('_', '-')} or {variable} is missing")
    if not (given.data / "products.ndjson").is_file():
        parser.error(f"{given.data} holds no products.ndjson")
    return Settings(**{**vars(given), "api": given.api.rstrip("/")})
