"""One shopper's life with the shop: projects begun, things running out, days of just looking."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field

from plugin.connectors.simulated.after_sale import send_back, write_reviews
from plugin.connectors.simulated.baskets import Chooser
from plugin.connectors.simulated.catalogue import Card, Variant, cards
from plugin.connectors.simulated.contexts import contexts, eagerness, substitutes
from plugin.connectors.simulated.people import Person
from plugin.connectors.simulated.rhythm import Pantry, has_rhythm
from plugin.connectors.simulated.sales import PriceHistory
from plugin.connectors.simulated.visits import Line, Visit

DAY = 86_400.0
HESITATION = {"indifferent": 0.12, "balanced": 0.22, "bargain": 0.5}
"""Chance that a project at the usual price ends with a full basket left standing."""

KEEPS_USING, KEEPS_REORDERING = 0.36, 0.76
"""Chance that a first purchase becomes a habit, and that a habit goes on."""

LOOKS = 0.9
"""Visits without a purpose, for each project begun."""

COMES_BACK = 0.38
"""Chance of a second order soon after a project, for what was not bought with the anchor."""

HOURS = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22)
HOUR_WEIGHTS = (1, 2, 3, 4, 4, 5, 4, 3, 3, 4, 5, 6, 8, 9, 7, 3)


@dataclass(order=True)
class Plan:
    """Something the shopper means to do: `kind` is project, follow, refill or look."""

    at: float
    number: int
    kind: str = field(compare=False)
    keys: tuple[str, ...] = field(compare=False, default=())


class Life:
    """Plays one shopper from joining to leaving. `visits` and `pantry` hold what happened."""

    def __init__(self, rng: random.Random, person: Person, prices: PriceHistory, until: float) -> None:
        self._rng, self._person, self._prices, self._until = rng, person, prices, until
        self._plans: list[Plan] = []
        self._number = 0
        self._seen_until = 0.0
        self.chooser = Chooser(rng, person, prices)
        self.pantry = Pantry(rng, person)
        self.visits: list[Visit] = []

    def play(self) -> list[Visit]:
        """Every visit up to the end of the history, in the order of time."""
        self._plan(0.0, "project")
        if self._person.pace and not self._person.once:
            self._plan(self._wait(LOOKS, self._person.joined), "look")
        while self._plans:
            plan = heapq.heappop(self._plans)
            if plan.at > self._until or (plan.at > self._person.left and self._seen_until):
                continue
            self._seen_until = plan.at
            {"project": self._project, "follow": self._follow, "refill": self._refill, "look": self._look}[
                plan.kind
            ](plan)
        return sorted(self.visits, key=lambda visit: visit.at)

    def _project(self, plan: Plan) -> None:
        """Begin something: choose an anchor, look at its substitute, buy or hesitate, plan what follows."""
        if not self._person.once:
            self._plan_after(plan.at, self._wait(1.0, plan.at), "project")
        found = self.chooser.anchor(plan.at)
        if found is None:
            self._order(Visit(plan.at), [self.chooser.little_thing(), *self.chooser.beside_the_till()])
            return
        context, anchor = found
        now, later = self.chooser.completing(context.anchors[anchor])
        keys = [anchor, *now]
        visit = Visit(plan.at, search=self._search(anchor))
        self._compare(visit, anchor)
        if self._hesitates(anchor, plan.at):
            self._leave_standing(visit, keys[: 1 + self._rng.randint(0, 2)])
            return
        keys += self.chooser.stray(context, keys)
        keys = [key for key in keys if not self._still_there(key, plan.at)]
        self._order(visit, keys + self.chooser.beside_the_till())
        if later and not self._person.once and self._rng.random() < COMES_BACK:
            self._plan_after(plan.at, self._rng.uniform(3, 24), "follow", tuple(later))

    def _follow(self, plan: Plan) -> None:
        """Come back for what completes an earlier purchase."""
        wanted = [
            key for key in plan.keys if key not in self.chooser.owned and not self._still_there(key, plan.at)
        ]
        if wanted:
            keys = self._rng.sample(wanted, min(len(wanted), self._rng.choice((1, 2, 2, 3))))
            self._order(Visit(plan.at), keys + self.chooser.beside_the_till())

    def _refill(self, plan: Plan) -> None:
        """Buy again what has run out, and what is about to."""
        (key,) = plan.keys
        if self.pantry.due.get(key, 0.0) > plan.at + 2 * DAY:
            return
        soon = [
            other
            for other, due in self.pantry.due.items()
            if other != key and plan.at - DAY < due < plan.at + 3 * DAY and self._rng.random() < 0.4
        ]
        self._order(Visit(plan.at), [key, *soon, *self.chooser.beside_the_till()])

    def _look(self, plan: Plan) -> None:
        """Look around in a favourite context without buying; now and then leave a basket standing."""
        self._plan_after(plan.at, self._wait(LOOKS, plan.at), "look")
        tastes = self._person.tastes
        context = contexts()[self._rng.choices(list(tastes), list(tastes.values()))[0]]
        visit = Visit(plan.at)
        for key in self._rng.sample(context.cards, min(self._rng.choice((1, 2, 2, 3)), len(context.cards))):
            self._compare(visit, key)
        if self._rng.random() < 0.3:
            self._compare(visit, self.chooser.little_thing())
        if self._rng.random() < 0.2:
            self._leave_standing(visit, [visit.views[-1][0].key])
        else:
            self.visits.append(visit)

    def _order(self, visit: Visit, keys: list[str]) -> None:
        """Buy the cards; plan when they run out, what comes back and what is said."""
        rng = self._rng
        for key in _one_of_a_kind(keys):
            line = self._line(key, visit.at)
            visit.bought.append(line)
            if rng.random() < 0.33 and all(card.key != key for card, _ in visit.views):
                visit.views.append((line.card, line.variant))
            if rng.random() < 0.18:
                visit.added.append(line)
            if line.card.years:
                self.chooser.owned.add(key)
        self.visits.append(visit)
        visit.sent_back = send_back(rng, visit, self._until)
        visit.reviews = write_reviews(rng, visit, self._until)
        for line in visit.bought:
            self._use_up(line, visit.at)

    def _use_up(self, line: Line, at: float) -> None:
        if not has_rhythm(line.card):
            return
        known = line.card.key in self.pantry.due
        days = self.pantry.stock_up(line.card, line.variant.units * line.quantity, at)
        goes_on = KEEPS_REORDERING if known else KEEPS_USING
        if not self._person.once and self._rng.random() < goes_on:
            self._plan_after(at, days, "refill", (line.card.key,))

    def _still_there(self, key: str, at: float) -> bool:
        """Whether the shopper has enough of it for more than a few days."""
        return self.pantry.due.get(key, 0.0) > at + 4 * DAY

    def _line(self, key: str, at: float) -> Line:
        card = cards()[key]
        variant = self.chooser.variant(card)
        several = card.days is not None and self._rng.random() < 0.12
        return Line(card, variant, 2 if several else 1, self._prices.cents(key, variant.cents, at))

    def _compare(self, visit: Visit, key: str) -> None:
        """Look at a card and, more often than not, at what could be taken instead."""
        visit.views.append(self._look_at(key))
        other = substitutes().get(key)
        if other and self._rng.random() < 0.7:
            visit.views.append(self._look_at(other))
            if self._rng.random() < 0.25:
                visit.views.append(self._look_at(key))

    def _look_at(self, key: str) -> tuple[Card, Variant]:
        return cards()[key], self.chooser.variant(cards()[key])

    def _leave_standing(self, visit: Visit, keys: list[str]) -> None:
        visit.added = [self._line(key, visit.at) for key in keys]
        if self._rng.random() < 0.25:
            visit.removed = visit.added[-1:]
        self.visits.append(visit)

    def _hesitates(self, anchor: str, at: float) -> bool:
        share = HESITATION[self._person.price_class]
        return self._rng.random() < (share / 6 if self._prices.percent_off(anchor, at) else share)

    def _search(self, anchor: str) -> str | None:
        card = cards()[anchor]
        words = card.name.lower().split(",")[0].split()
        return " ".join(words[-2:]) if self._rng.random() < 0.2 else None

    def _wait(self, share: float, at: float) -> float:
        """Days from `at` until the next project (`share` 1) or look; shorter in the busy months."""
        return self._rng.expovariate(1.0) * 30.0 / (self._person.pace * share * eagerness(at))

    def _plan(self, days: float, kind: str) -> None:
        self._plan_after(self._person.joined, days, kind)

    def _plan_after(self, at: float, days: float, kind: str, keys: tuple[str, ...] = ()) -> None:
        """Put a plan on the day that lies `days` ahead, at an hour when people shop, never before `at`."""
        wanted = at + days * DAY
        hour = self._rng.choices(HOURS, HOUR_WEIGHTS)[0]
        moment = wanted // DAY * DAY + hour * 3600.0 + self._rng.randrange(3600)
        if moment <= at:
            moment = at + 3600.0 + self._rng.randrange(3600)
        heapq.heappush(self._plans, Plan(moment, self._number, kind, keys))
        self._number += 1


def _one_of_a_kind(keys: list[str]) -> list[str]:
    """The keys in order, each once, without what could only be taken instead of an earlier one."""
    kept: dict[str, None] = {}
    for key in keys:
        if substitutes().get(key) not in kept:
            kept.setdefault(key)
    return list(kept)
