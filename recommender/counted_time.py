"""Histories whose times only count: every order of a shopper lies one same step after the one before.

Such times were made up from the orders' numbers. What day it was is not known then, and how long ago an order
was says only how many came after it. So all shoppers are set side by side by their newest order: what is
learned from the last of each then foretells the next of each, wherever the counting began.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from recommender.interactions import GUEST, Interactions, OrderLines

if TYPE_CHECKING:
    from recommender.asked import Asked

DAY = 86400.0
ENOUGH_STEPS = 200
ALIKE = 0.99
WITHIN_S = 60.0


def step_of(interactions: Interactions) -> float:
    """The days from every order to the next where times only count; 0 where they tell more, or too few are
    known.
    """
    return interactions.once("step", lambda: _step(interactions))


def _step(interactions: Interactions) -> float:
    shopper, moment = _visits(interactions)
    steps = np.diff(moment)[shopper[1:] == shopper[:-1]]
    if len(steps) < ENOUGH_STEPS:
        return 0.0
    usual = float(np.median(steps))
    alike = float(np.mean(np.abs(steps - usual) <= WITHIN_S))
    return usual / DAY if alike >= ALIKE and usual > WITHIN_S else 0.0


def side_by_side(interactions: Interactions) -> Interactions:
    """The same history with every shopper's newest order at the newest moment of all, where times only count;
    else the history as it is.
    """
    if not step_of(interactions):
        return interactions
    lines = interactions.orders
    newest = np.full(len(interactions.shopper_ids), -np.inf)
    known = lines.shopper != GUEST
    np.maximum.at(newest, lines.shopper[known], lines.time[known])
    later = np.where(known, lines.time.max() - newest[lines.shopper], 0.0)
    time = lines.time + later
    ranked = np.lexsort((lines.product, lines.order, time))
    columns = {name: column[ranked] for name, column in vars(replace(lines, time=time)).items()}
    return replace(interactions, orders=OrderLines(**columns))


def on_its_clock(asked: Asked, step: float) -> Asked:
    """The same question with the newest order one step of so many days ago; as it is where ``step`` is 0."""
    own = asked.own
    if not step or not len(own.age):
        return asked
    return replace(asked, own=replace(own, age=own.age - own.age.min() + step))


def _visits(interactions: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """Shopper and moment of each order of known shoppers, by both; orders of one moment are one."""
    lines = interactions.orders
    begun = np.flatnonzero((np.diff(lines.order, prepend=-1) != 0) & (lines.shopper != GUEST))
    shopper, time = lines.shopper[begun], lines.time[begun]
    ranked = np.lexsort((time, shopper))
    shopper, time = shopper[ranked], time[ranked]
    new = np.ones(len(shopper), bool)
    new[1:] = (shopper[1:] != shopper[:-1]) | (time[1:] != time[:-1])
    return shopper[new], time[new]
