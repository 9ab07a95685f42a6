"""What a shopper was shown lately: how often and when, so that what nobody looks at can step back."""

from __future__ import annotations

from plugin.activity import Activity
from plugin.shopper.profile import Profile

SHOWN_KEPT = 100  # the newest showings, of all products together


def shown(profile: Profile, activity: Activity) -> None:
    """Remember that products were on a page, to the second; the same one told twice counts once."""
    at = int(activity.at)
    for line in activity.lines:
        held = profile.shown.setdefault(line.product_id, [])
        if at not in held:
            held.append(at)
            held.sort()
    keep_shown(profile)


def keep_shown(profile: Profile) -> None:
    """Keep the newest showings, whatever order they were told in."""
    count = sum(map(len, profile.shown.values()))
    if count <= SHOWN_KEPT:
        return
    newest = sorted(((at, product) for product, held in profile.shown.items() for at in held), reverse=True)
    profile.shown = {}
    for at, product in reversed(newest[:SHOWN_KEPT]):
        profile.shown.setdefault(product, []).append(at)


def together(own: Profile, part: Profile) -> None:
    """Take in what was shown to another identity of the same person."""
    for product, told in part.shown.items():
        own.shown[product] = sorted({*own.shown.get(product, ()), *told})
    keep_shown(own)


def since(shown: dict[str, list[int]], moment: float) -> dict[str, list[int]]:
    """Return what was shown after a moment (epoch seconds)."""
    later = {product: [at for at in held if at > moment] for product, held in shown.items()}
    return {product: held for product, held in later.items() if held}
