"""What people and programs write into files, read as what it means: ids, numbers, money, times, yes, no."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

from plugin import money
from plugin.connectors.rejects import Unusable

LONGEST_ID = 128
MOST_PIECES = 10**9
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

GROUP_MARK = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
PLAIN = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?", re.ASCII)
GROUPED = (
    re.compile(r"[+-]?\d{1,3}(,\d{3}){2,}|[+-]?\d{1,3}(,\d{3})+\.\d+", re.ASCII),
    re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}|[+-]?\d{1,3}(\.\d{3})+,\d+", re.ASCII),
)

CLOCK = (
    r"(?:[T ,]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[ap]m)?\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?)?"
)
YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})" + CLOCK, re.ASCII | re.I
)
DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})" + CLOCK, re.ASCII | re.I)
SLASHED = re.compile(r"(?P<first>\d{1,2})/(?P<second_part>\d{1,2})/(?P<year>\d{4})" + CLOCK, re.ASCII | re.I)

YES = frozenset({"true", "yes", "y", "1", "t"})
NO = frozenset({"false", "no", "n", "0", "f"})


def identifier(text: str | None, what: str) -> str | None:
    """Return an id without the blanks around it, or None where there is none.

    Raises `Unusable` for more than 128 characters and for control characters.
    """
    text = text.strip() if text else None
    if not text:
        return None
    if len(text) > LONGEST_ID:
        raise Unusable("id_too_long", f"the {what} has {len(text)} characters, {LONGEST_ID} are allowed")
    if CONTROL.search(text):
        raise Unusable("id_with_control_characters", f"the {what} {text!r} has control characters")
    return text


def number(text: str) -> Decimal:
    """Return the number a text means, with point or comma before its fraction.

    One mark alone stands before the fraction ("1,234" is 1.234); marks that repeat, or stand before another,
    are thousands ("1.234,50" is 1234.5). Raises `ValueError` for anything else.
    """
    text = GROUP_MARK.sub("", text.strip().replace("−", "-"))
    if PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if GROUPED[0].fullmatch(text):
        return Decimal(text.replace(",", ""))
    if GROUPED[1].fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    raise ValueError(f"{text[:80]!r} is not a number")


def pieces(text: str | None) -> int:
    """Return a quantity: 1 where none is written, below 0 for what came back. Raises `Unusable`."""
    if not text or not text.strip():
        return 1
    try:
        value = number(text)
    except ValueError as error:
        raise Unusable("unreadable_quantity", str(error)) from None
    if value != value.to_integral_value() or abs(value) > MOST_PIECES:
        raise Unusable("unreadable_quantity", f"{text.strip()[:80]} is not a number of pieces")
    if not value:
        raise Unusable("zero_quantity", "nothing was bought and nothing came back")
    return int(value)


def price(text: str | None, currency: str) -> int | None:
    """Return a price in minor units of `currency`, None where none is written. Raises `Unusable`."""
    if not text or not text.strip():
        return None
    try:
        minor = money.minor_units(number(text), currency)
    except ValueError as error:
        raise Unusable("unreadable_price", str(error)) from None
    if minor < 0:
        raise Unusable("negative_price", f"a price of {text.strip()} is below nothing")
    return minor


def currency_code(text: str | None, default: str) -> str:
    """Return the currency written, in capitals, or the shop's own. Raises `Unusable`."""
    code = text.strip().upper() if text else ""
    if not code:
        return default
    if not money.CURRENCY.match(code):
        raise Unusable("unreadable_currency", f"{code[:20]!r} is not a currency of three letters")
    return code


def yes_or_no(text: str) -> bool:
    """Return whether a text says yes. Raises `ValueError` when it says neither yes nor no."""
    word = text.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError(f"{text[:80]!r} is neither yes nor no")


def moment(text: str | None, zone: tzinfo, day_before_month: bool | None = None) -> float:
    """Return a written time as epoch seconds (UTC). Raises `Unusable`.

    Read are RFC 3339 and its looser relatives (2010-12-01 8:26, 2010/12/01), 1.12.2010 8:26 and, where
    `day_before_month` says how, 1/12/2010. Without an offset it is a time in `zone`: of an hour that the
    clock shows twice, the first; an hour that it skips counts on from before the change. A date alone is
    its midnight.
    """
    if not text or not (text := text.strip()):
        raise Unusable("no_time", "the line does not say when")
    match = YEAR_FIRST.fullmatch(text) or DAY_FIRST.fullmatch(text)
    slashed = None if match else SLASHED.fullmatch(text)
    try:
        if match:
            at = _built(match, int(match["month"]), int(match["day"]), zone)
        elif slashed and day_before_month is not None:
            first, second = int(slashed["first"]), int(slashed["second_part"])
            month, day = (second, first) if day_before_month else (first, second)
            at = _built(slashed, month, day, zone)
        else:
            raise ValueError
    except (ValueError, OverflowError):
        raise Unusable(
            "unreadable_time", f"{text[:80]!r} is not a time; write 2010-12-01T08:26:00Z"
        ) from None
    if at < 0:
        raise Unusable("unreadable_time", f"{text[:80]!r} is before 1970")
    return at


def slashed_parts(text: str | None) -> tuple[int, int] | None:
    """Return the first two numbers of a date like 1/12/2010, or None for any other writing."""
    match = SLASHED.fullmatch(text.strip()) if text else None
    return (int(match["first"]), int(match["second_part"])) if match else None


def _built(match: re.Match[str], month: int, day: int, zone: tzinfo) -> float:
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    microsecond = int((match["part"] or "0").ljust(6, "0")[:6])
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    offset = _offset(match["zone"]) if match["zone"] else zone
    return datetime(
        int(match["year"]), month, day, hour, minute, second, microsecond, tzinfo=offset
    ).timestamp()


def _offset(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(ahead if text[0] == "+" else -ahead)
