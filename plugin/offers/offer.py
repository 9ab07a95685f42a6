"""An offer: its conditions, what it gives, when, how it combines, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from plugin.offers.arguments import Amount, Reader, invalid
from plugin.offers.benefits import Benefit, Message, read_benefit
from plugin.offers.conditions import read_when
from plugin.offers.conditions.condition import Condition, moved_along
from plugin.offers.funding import Funders, read_funders
from plugin.offers.occasion import Occasion, code_key
from plugin.tiers.ladder import Title

PERIODS = ("day", "week", "month")
STATES = ("draft", "live", "paused", "ended")
COMBINES = ("stack", "best", "exclusive")
BY_DISCOUNT, BY_GAIN = "by_discount", "by_gain"
CHOICES = (BY_DISCOUNT, BY_GAIN)
HOLDOUT = 0.05
PUBLISHED_NEEDS = "A published benefit is one of a tier: `when` needs a `tier`, alone or in `all`."
PACING_NEEDS = "Pacing spreads a budget over a window: it needs `from`, `until` and `limits.budget`."


@dataclass(frozen=True, slots=True)
class Limits:
    """How often an offer may be given, in all and to one shopper, and for how much money (minor units).

    `per_period` is how often within each `period` (a day, week or month of the shop's own clock). With
    `pacing` the budget is spread over the offer's window.
    """

    total: int | None = None
    per_shopper: int | None = None
    budget: int | None = None
    per_period: int | None = None
    period: str | None = None
    pacing: str | None = None

    @property
    def any(self) -> bool:
        """Whether there is a limit at all."""
        return any(
            limit is not None for limit in (self.total, self.per_shopper, self.budget, self.per_period)
        )


@dataclass(frozen=True)
class Offer:
    """One rule of the shop. Times are epoch seconds: `starts` counts, `ends` no longer does.

    `published` says that it is a benefit of a tier that shoppers were told of. `choose` is how it is weighed
    against its rivals: by the discount, or by what it is expected to bring with this shopper.

    `group` is where it combines with others; an offer without one is a group of its own. `holdout` is the
    stable share of shoppers who are not offered it, so that its effect can be measured. `in_money` says
    whether amounts stand in it, which mean something only in its own `currency`. `gift_days` is set for a
    next-visit gift: earned at one checkout, good for so many days from then on. `exclude_reduced` leaves out
    what is sold below its price already; None leaves that to the shop. `document` is the offer as
    the merchant wrote it.
    """

    offer_id: str
    title: Title
    state: str
    starts: float | None
    ends: float | None
    when: Condition[Occasion]
    gives: Benefit
    group: str | None
    combine: str
    limits: Limits
    code: str | None
    holdout: float
    funded_by: Funders
    priority: int
    version: int
    currency: str
    in_money: bool
    gift_days: int | None
    published: bool
    choose: str
    exclude_reduced: bool | None
    document: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def rank(self) -> tuple[int, str]:
        """What decides between equals: the higher priority, then the offer's id."""
        return -self.priority, self.offer_id

    @cached_property
    def moved_along(self) -> bool:
        """Whether further orders may move its conditions in ways that they do not tell of."""
        return moved_along(self.when)

    @property
    def benefit(self) -> Mapping[str, Any]:
        """What it gives, as the merchant wrote it."""
        return self.document["gives"]

    @classmethod
    def from_document(cls, document: Mapping[str, Any], currency: str, version: int = 1) -> Offer:
        """Return the offer that a document describes, amounts read in the shop's currency.

        The document has been checked for its shape at the door. Raises `Invalid` with pointers for what
        only the shop can tell: an amount finer than its currency, a hold-out where none is allowed, a
        window that ends before it begins.
        """
        offer_id = document["offer_id"]
        reader = Reader(currency, salt=offer_id)
        gives = read_benefit(document["gives"], reader)
        when = read_when(document.get("when"), reader)
        starts, ends = _instant(document, "from"), _instant(document, "until")
        if starts is not None and ends is not None and ends <= starts:
            raise invalid("/until", "The offer ends before it begins.")
        code = document.get("code")
        limits = _limits(document.get("limits") or {}, reader)
        gift = _gift(document, gives)
        if limits.pacing and (starts is None or ends is None or not limits.budget):
            raise invalid("/limits/pacing", PACING_NEEDS)
        return cls(
            offer_id=offer_id,
            title=document.get("title"),
            state=document.get("state") or "draft",
            starts=starts,
            ends=ends,
            when=when,
            gives=gives,
            group=document.get("group"),
            combine=document.get("combine") or "best",
            limits=limits,
            code=code_key(code) if code else None,
            holdout=_holdout(document, gives),
            funded_by=read_funders(document.get("funded_by") or ()),
            priority=document.get("priority") or 0,
            version=version,
            currency=currency,
            in_money=reader.saw_amount,
            gift_days=gift,
            published=_published(document),
            choose=_choice(document, gives),
            exclude_reduced=_excludes(document, gives),
            document=document,
        )

    def to_document(self) -> dict[str, Any]:
        """Return the offer as the merchant wrote it, with what was left out filled in, and its version."""
        return {
            "title": None,
            "from": None,
            "until": None,
            "when": None,
            "group": None,
            "limits": {},
            "code": None,
            "funded_by": [],
            "gift": None,
            "published": False,
            "choose": BY_DISCOUNT,
            "exclude_reduced": None,
            **self.document,
            "state": self.state,
            "combine": self.combine,
            "holdout": self.holdout,
            "priority": self.priority,
            "version": self.version,
        }


def _instant(document: Mapping[str, Any], name: str) -> float | None:
    text = document.get(name)
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _limits(document: Mapping[str, Any], reader: Reader) -> Limits:
    budget = document.get("budget")
    read = None if budget is None else Amount().read(budget, reader, "/limits/budget")
    each = document.get("per_period") or {}
    return Limits(
        document.get("total"),
        document.get("per_shopper"),
        read,
        each.get("times"),
        each.get("period"),
        document.get("pacing"),
    )


def _excludes(document: Mapping[str, Any], gives: Benefit) -> bool | None:
    """Whether reduced products are left out; None for whatever the shop does as a rule."""
    excludes: bool | None = document.get("exclude_reduced")
    if excludes and not gives.pays:
        raise invalid("/exclude_reduced", f"`{gives.name}` makes no product cheaper, so nothing is left out.")
    return excludes


def _gift(document: Mapping[str, Any], gives: Benefit) -> int | None:
    """For how many days an offer waits as a gift; None for one that is no gift."""
    gift = document.get("gift")
    if gift is None:
        return None
    if isinstance(gives, Message) or document.get("code"):
        what = "A message" if isinstance(gives, Message) else "An offer with a code"
        raise invalid("/gift", f"{what} cannot wait for the next visit.")
    return gift["valid_days"]


def promised_as(document: Mapping[str, Any]) -> str | None:
    """Return what makes an offer one that is owed, or costs nothing, so that it is held back from nobody.

    None for an offer that the shop brings up by itself.
    """
    if document.get("code"):
        return "An offer with a code"
    if document.get("gift"):
        return "A gift"
    if document.get("published"):
        return "A published benefit of a tier"
    return "A message" if "message" in document["gives"] else None


def needs_a_tier(when: Mapping[str, Any] | None) -> bool:
    """Return whether a condition as written holds for shoppers of some tier only."""
    when = when or {}
    return bool(when.get("tier")) or any(map(needs_a_tier, when.get("all") or ()))


def _published(document: Mapping[str, Any]) -> bool:
    published = bool(document.get("published"))
    if published and not needs_a_tier(document.get("when")):
        raise invalid("/published", PUBLISHED_NEEDS)
    return published


def _choice(document: Mapping[str, Any], gives: Benefit) -> str:
    """How it is chosen among its rivals; what is owed is never chosen by what it brings."""
    choose: str = document.get("choose") or BY_DISCOUNT
    if choose == BY_GAIN and (promised := promised_as(document)) is not None:
        raise invalid("/choose", f"{promised} is given whatever it brings; leave choose out.")
    return choose


def _holdout(document: Mapping[str, Any], gives: Benefit) -> float:
    """The share not offered: a twentieth unless said; none for what was promised or costs nothing."""
    share, promised = document.get("holdout"), promised_as(document)
    if share is None:
        return 0.0 if promised else HOLDOUT
    if share and promised:
        raise invalid("/holdout", f"{promised} is held back from nobody; leave holdout out.")
    return float(share)
