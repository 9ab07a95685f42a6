"""Conditions on when and where: language, currency, channel, time, days that come round, a stable share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from plugin.offers.arguments import WEEKDAYS, Clock, Percent, Texts, Whole, argument
from plugin.offers.conditions.condition import Condition
from plugin.offers.occasion import Occasion, drawn


@dataclass(frozen=True)
class _Is(Condition[Occasion]):
    """One of these texts."""

    is_: tuple[str, ...] = argument(Texts(), required=True)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"names": self.is_}


class InLocale(_Is):
    """The reader's language; "de" also means "de-AT"."""

    name = "locale"

    def holds(self, subject: Occasion) -> bool:
        own = (subject.locale or "").replace("_", "-").casefold()
        wanted = (held.replace("_", "-").casefold() for held in self.is_)
        return any(own == held or own.startswith(f"{held}-") for held in wanted)


class InCurrency(_Is):
    """The currency of this basket."""

    name = "currency"

    def holds(self, subject: Occasion) -> bool:
        return subject.currency in self.is_


class InChannel(_Is):
    """Where the shopper meets the shop: web, app, till, as the shop names them."""

    name = "channel"

    def holds(self, subject: Occasion) -> bool:
        return subject.channel in self.is_


@dataclass(frozen=True)
class AtTime(Condition[Occasion]):
    """Days of the week and hours on the shop's own clock.

    `until` is the first minute that no longer counts. Hours past midnight (22:00 to 02:00) belong to the
    day on which they began.
    """

    name = "time"
    some_of = ("days", "from", "until")
    days: tuple[str, ...] | None = argument(Texts(choices=WEEKDAYS, most=7))
    from_: int | None = argument(Clock())
    until: int | None = argument(Clock())

    def holds(self, subject: Occasion) -> bool:
        minute = subject.local.hour * 60 + subject.local.minute
        weekday = subject.local.weekday()
        opens, closes = self.from_ or 0, self.until if self.until is not None else 24 * 60
        if opens < closes:
            within = opens <= minute < closes
        else:
            within = minute >= opens or minute < closes
            weekday = (weekday - 1) % 7 if minute < closes else weekday
        return within and (self.days is None or WEEKDAYS[weekday] in self.days)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"days": self.days, "from": self.from_, "until": self.until}


@dataclass(frozen=True)
class InShare(Condition[Occasion]):
    """A stable share of the shoppers, drawn once for each rule. Nobody without a key is in it."""

    name = "share"
    percent: Fraction = argument(Percent(), required=True)  # noqa: RUF009
    salt: str = ""

    @cached_property
    def part(self) -> float:
        """The share, 0 to 1."""
        return float(self.percent)

    def holds(self, subject: Occasion) -> bool:
        key = subject.shopper_key
        return self.part >= 1 or (key is not None and drawn(f"share:{self.salt}", key) < self.part)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"percent": float(self.percent * 100)}


@dataclass(frozen=True)
class _Yearly(Condition[Occasion]):
    """A day that comes round each year, at most so many days away, before or after."""

    within_days: int = argument(Whole(0, 60), default=0)

    def near(self, day: date, occasion: Occasion) -> bool:
        today = occasion.local.date()
        years = (today.year - 1, today.year, today.year + 1)
        return any(abs((_in_year(day, year) - today).days) <= self.within_days for year in years)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"days": self.within_days}


class Birthday(_Yearly):
    """The shopper's birthday, from the trait `birthday` ("1990-05-17")."""

    name = "birthday"

    def holds(self, subject: Occasion) -> bool:
        trait = subject.shopper.traits.get("birthday") if subject.shopper else None
        day = _day(trait[0]) if trait else None
        return day is not None and self.near(day, subject)


class Anniversary(_Yearly):
    """The day of the shopper's first order, from the first year on."""

    name = "anniversary"

    def holds(self, subject: Occasion) -> bool:
        first = subject.figures.first_at
        if first is None:
            return False
        day = datetime.fromtimestamp(first, ZoneInfo(subject.zone)).date()
        return (subject.local.date() - day).days > 300 and self.near(day, subject)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _in_year(day: date, year: int) -> date:
    """The day in another year; 29 February is kept on the 28th where there is none."""
    if (day.month, day.day) == (2, 29):
        return date(year, 2, 29) if year % 4 == 0 and (year % 100 or year % 400 == 0) else date(year, 2, 28)
    return day.replace(year=year)
