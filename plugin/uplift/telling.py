"""What was found about an offer, in a sentence that claims no more than was seen."""

from __future__ import annotations

from plugin import money
from plugin.uplift.effect import MEASURED, NOT_POSSIBLE, NOT_YET, Effect
from recommender.uplift.difference import Difference

WHY = {
    "code": "It opens by a code, and what opens by a code is held back from nobody: nothing tells what would "
    "have come anyway.",
    "nobody_held_out": "It is held back from nobody, so nothing tells what would have come anyway.",
    "never_live": "It was never live, or nobody knows since when.",
}


def sentence(effect: Effect, currency: str) -> str:
    """Return what is known of an offer's effect by now, in English, for its merchant."""
    if effect.state == NOT_POSSIBLE:
        return f"Not to be measured: {WHY[effect.why or 'never_live'][0].lower()}{WHY[effect.why or ''][1:]}"
    if effect.state == NOT_YET:
        return f"Not measured yet: it takes {effect.days} days until the first shoppers can be counted."
    if effect.state != MEASURED or effect.ordered is None:
        return f"Not measured yet: {_more(effect)}"
    told = _found(effect, effect.ordered)
    return f"{told} {_money(effect, currency)}"


def _found(effect: Effect, ordered: Difference) -> str:
    shares = f"{_percent(ordered.offered)} of those offered it ordered within {effect.days} days"
    beside = f"{_percent(ordered.held_out)} of those held out"
    if not ordered.is_told_apart:
        return f"Not to be told apart from nothing yet: {shares}, {beside}; {_more(effect)}"
    points = f"{_points(ordered.low)} to {_points(ordered.high)}"
    what = "more" if ordered.low > 0 else "fewer"
    return f"It makes {what} shoppers order: {shares}, {beside}, a difference of {points} points."


def _money(effect: Effect, currency: str) -> str:
    gained = effect.gained
    if gained is None:
        return ""
    of_what = "above cost" if effect.left is not None else "as turnover (costs are not known)"
    between = f"{_amount(gained.low, currency)} to {_amount(gained.high, currency)}"
    if not gained.is_told_apart:
        return f"What it brings in money {of_what} is not told apart from nothing: {between} a shopper."
    verb = "brings" if gained.more > 0 else "costs"
    return f"In money it {verb} {between} a shopper {of_what}, after what it takes off."


def _more(effect: Effect) -> str:
    if effect.needed is None:
        return "nobody has ordered, so nothing tells how many shoppers it takes."
    if effect.needed:
        return f"about {effect.needed:,} more shoppers would show an effect of a fifth."
    return "enough shoppers were counted that an effect of a fifth would mostly have shown."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _amount(minor: float, currency: str) -> str:
    held = money.as_document(round(minor), currency)
    return f"{held['amount']} {held['currency']}" if held else ""
