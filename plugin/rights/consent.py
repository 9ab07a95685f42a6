"""What a shopper allows: which word counts for what, and what may be kept and read under it.

Four words may be there for each thing that can be allowed. The request's own signal (`Sec-GPC: 1`) is above
the shopper's word, that above the shop's, and what the shop has set for those nobody spoke of comes last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from plugin.shop import ShopSettings
from plugin.shopper import Profile

Whose = Literal["gpc", "shopper", "shop", "default"]

THINGS = ("personalise", "profile", "contact")
AGAINST_GPC = frozenset({"personalise", "profile"})  # what the signal says no to
SPEAKERS: tuple[Literal["shopper", "shop"], ...] = ("shopper", "shop")


@dataclass(frozen=True, slots=True)
class Word:
    """A yes or a no, whose it is, and since when it counts (None for a signal or a default)."""

    allowed: bool
    by: Whose
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What counts now: may suggestions be personal, may a profile be kept, may the shopper be written to.

    `plain` is the shopper's wish for a feed that is not personal, whatever else is allowed.
    """

    personalise: Word
    profile: Word
    contact: Word
    plain: bool = False

    @property
    def personal(self) -> bool:
        """Whether suggestions may read what is remembered; else they come from the page and basket alone."""
        return self.personalise.allowed and self.profile.allowed and not self.plain

    @property
    def kept(self) -> bool | None:
        """Whether browsing may be kept; None where nobody spoke of it, and the shop's default decides."""
        return None if self.profile.by == "default" else self.profile.allowed

    @property
    def teaches(self) -> bool | None:
        """Whether models may read what is remembered; None where too little was said, as for `kept`."""
        words = [word for word in (self.personalise, self.profile) if word.by != "default"]
        if not all(word.allowed for word in words):
            return False
        return True if len(words) == 2 else None


def decided(profile: Profile, settings: ShopSettings, gpc: bool = False) -> Consent:
    """Return what counts for a shopper: `gpc` is whether the request carries the signal."""
    words = {thing: _word(profile, settings, thing, gpc) for thing in THINGS}
    wish = profile.preferences.get("plain_feed")
    return Consent(words["personalise"], words["profile"], words["contact"], bool(wish and wish[0]))


def consent_view(profile: Profile, settings: ShopSettings, gpc: bool = False) -> dict[str, Any]:
    """Return what counts as a document: `yes` or `no` for each thing, and `by` whose word each is."""
    consent = decided(profile, settings, gpc)
    words: dict[str, Word] = {thing: getattr(consent, thing) for thing in THINGS}
    said: dict[str, Any] = {thing: "yes" if word.allowed else "no" for thing, word in words.items()}
    return {**said, "by": {thing: word.by for thing, word in words.items()}}


def _word(profile: Profile, settings: ShopSettings, thing: str, gpc: bool) -> Word:
    if gpc and thing in AGAINST_GPC:
        return Word(False, "gpc")
    for speaker in SPEAKERS:
        said = profile.consent.get(speaker, {}).get(thing)
        if said is not None:
            return Word(said[0] == "yes", speaker, said[1])
    return Word(settings.consent_default == "yes", "default")
