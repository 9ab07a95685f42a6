"""Since when a rule has stood as it stands now: what it brought before it was changed was another rule's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from plugin.offers.offer import BY_GAIN, Offer
from plugin.offers.rulebook import RuleVersion

WHAT_IT_IS = ("gives", "when", "code", "holdout", "gift", "published", "group", "combine")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time for which a rule was live and the same, and since which version (epoch seconds)."""

    since: float
    until: float
    version: int


def live_stretch(offer: Offer, versions: Sequence[RuleVersion], now: float) -> Stretch | None:
    """Return a rule's last stretch up to `now`: live all the while, and giving the same on the same terms.

    `versions` come newest first. None where it was never live, or where nobody knows since when.
    """
    until = now
    known = list(versions)
    while known and not _is_live(known[0]):  # paused or ended: what it brought until then
        until = known[0].at if known[0].at is not None else until
        known.pop(0)
    if not known or known[0].document is None:
        return None
    first = known[0]
    as_it_was = first.document or {}
    if _what(as_it_was) != _what(offer.document):  # changed while it was paused: as it stands, never live
        return None
    for earlier in known[1:]:
        before = earlier.document or {}
        if not _is_live(earlier) or _what(before) != _what(as_it_was) or _chose(before) > _chose(as_it_was):
            break
        first = earlier
    starts = [at for at in (first.at, offer.starts) if at is not None]
    if offer.ends is not None:
        until = min(until, offer.ends)
    if not starts or max(starts) >= until:
        return None
    return Stretch(max(starts), until, first.version)


def terms_of(offer: Offer) -> str:
    """Return a mark of what a rule gives and on which terms: another mark, another offer."""
    return blake2b(orjson.dumps(_what(offer.document)), digest_size=12).hexdigest()


def _is_live(version: RuleVersion) -> bool:
    return version.document is not None and version.document.get("state") == "live"


def _chose(document: Mapping[str, Any]) -> bool:
    """Whether it chose for itself; since it stopped, those offered it are everybody again."""
    return document.get("choose") == BY_GAIN


def _what(document: Mapping[str, Any]) -> list[Any]:
    return [document.get(name) or None for name in WHAT_IT_IS]
