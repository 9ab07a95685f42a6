"""The one settings object: what the environment says, read once where the program starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from plugin.errors import Refused

FEWEST_OF_KEY = 32  # characters of a key that an operator sets
DURABILITIES = ("always", "relaxed", "replicated")
DEVICES = ("cpu", "gpu")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs; every field has a default that serves a shop that sets nothing."""

    data: Path = Path("data")
    redis_url: str | None = None
    durability: str = "always"
    replicas: int = 1  # how many must have an event before it is acknowledged, where durability is replicated
    shards: int = 64
    log_url: str | None = None
    metrics_token: str | None = None
    trusted_proxies: int = 0
    outside_allowed: frozenset[str] = frozenset()
    limit_address: int = 30_000  # calls a minute; why so many, says api/limits.py
    limit_shop: int = 1_200_000
    limit_server: int = 3_000_000
    limit_tokens: int = 3_000
    limit_codes: int = 60
    erasure_key: str | None = None
    training: bool = True  # whether the background work here trains models by itself
    training_memory_mb: int = 0  # what such a training may take; 0 is half of the machine's memory
    device: str = "cpu"  # where a training learns factors; "gpu" is experimental

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings of this environment.

        Raises `Refused`, naming the variable, for a value that cannot be used.
        """
        durability = environ.get("RAPPORT_DURABILITY", "always")
        if durability not in DURABILITIES:
            raise Refused(
                f"RAPPORT_DURABILITY is {durability!r}; it must be one of {', '.join(DURABILITIES)}."
            )
        return cls(
            data=Path(environ.get("RAPPORT_DATA", "data")).resolve(),
            redis_url=environ.get("REDIS_URL") or None,
            durability=durability,
            replicas=_number(environ, "RAPPORT_REPLICAS", 1, 1, 10),
            shards=_number(environ, "RAPPORT_SHARDS", 64, 1, 1024),
            log_url=environ.get("RAPPORT_LOG") or None,
            metrics_token=environ.get("RAPPORT_METRICS_TOKEN") or None,
            trusted_proxies=_number(environ, "RAPPORT_TRUSTED_PROXIES", 0, 0, 10),
            outside_allowed=frozenset(environ.get("RAPPORT_OUTSIDE_ALLOWED", "").replace(",", " ").split()),
            limit_address=_number(environ, "RAPPORT_LIMIT_ADDRESS", 30_000, 0, 10**9),
            limit_shop=_number(environ, "RAPPORT_LIMIT_SHOP", 1_200_000, 0, 10**9),
            limit_server=_number(environ, "RAPPORT_LIMIT_SERVER", 3_000_000, 0, 10**9),
            limit_tokens=_number(environ, "RAPPORT_LIMIT_TOKENS", 3_000, 0, 10**9),
            limit_codes=_number(environ, "RAPPORT_LIMIT_CODES", 60, 0, 10**7),
            erasure_key=_erasure_key(environ.get("RAPPORT_ERASURE_KEY", "")),
            training=_on_or_off(environ, "RAPPORT_TRAINING"),
            training_memory_mb=_number(environ, "RAPPORT_TRAINING_MEMORY_MB", 0, 0, 10**7),
            device=_one_of(environ, "RAPPORT_DEVICE", DEVICES),
        )

    @property
    def models(self) -> Path:
        """The folder of published models, one folder a shop."""
        return self.data / "models"

    @property
    def log(self) -> Path:
        """The folder of the Parquet log, one folder a shop, where `log_url` names no other."""
        return self.data / "log"

    @property
    def scratch(self) -> Path:
        """The folder for work in between, emptied by itself."""
        return self.data / "scratch"


def _erasure_key(text: str) -> str | None:
    if text and len(text) < FEWEST_OF_KEY:
        raise Refused(f"RAPPORT_ERASURE_KEY is too short; it needs {FEWEST_OF_KEY} characters of chance.")
    return text or None


def _one_of(environ: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    text = environ.get(name) or words[0]
    if text not in words:
        raise Refused(f"{name} is {text!r}; it must be one of {', '.join(words)}.")
    return text


def _on_or_off(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name) or "on"
    if text not in ("on", "off"):
        raise Refused(f"{name} is {text!r}; it must be on or off.")
    return text == "on"


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name, "")
    if not text:
        return default
    if not text.isdigit() or not low <= int(text) <= high:
        raise Refused(f"{name} is {text!r}; it must be a whole number from {low} to {high}.")
    return int(text)
