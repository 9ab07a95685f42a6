"""Events that come twice, at the wrong time, or without what makes them useful."""

from __future__ import annotations

from typing import Any

from plugin.doctor.finding import Check, Found, Patient, found_in

MOMENT_S = 2.0
TWICE_AT_LEAST = 5
ENOUGH_EVENTS = 200
LATE_S = 7 * 86400.0
SHARE = 0.5
FEWEST_CLOCKS = 10

TWICE = """
, told AS (
    SELECT shopper, event, product_id, message_id, happened_at AS moment FROM recent
    WHERE trust = 'browser' AND shopper IS NOT NULL AND product_id IS NOT NULL
        AND kind IN ('viewed', 'carted', 'clicked')),
paired AS (
    SELECT *, moment - lag(moment) OVER mine AS pause, lag(message_id) OVER mine AS other FROM told
    WINDOW mine AS (PARTITION BY shopper, event, product_id ORDER BY moment, message_id))
SELECT event, product_id, moment FROM paired
WHERE pause <= $within AND message_id != other ORDER BY moment DESC
"""

CLOCKS = """
, clocks AS (
    SELECT shopper, received_at AS moment,
        CAST(json_extract_string(properties, '$.clock_off') AS DOUBLE) AS off
    FROM recent WHERE line = 0 AND properties LIKE '%"clock_off":%')
SELECT shopper, count(*) AS events, arg_max(off, abs(off)) AS off, max(moment) AS moment FROM clocks
GROUP BY shopper ORDER BY events DESC, shopper
"""
LATE = """
SELECT shopper, count(*) AS events, max(received_at - happened_at) AS late, max(received_at) AS moment
FROM recent
WHERE trust = 'browser' AND line = 0 AND shopper IS NOT NULL AND received_at - happened_at > $late
GROUP BY shopper ORDER BY events DESC, shopper
"""
WHOLE_HOURS = """
, told AS (
    SELECT received_at AS moment, received_at - happened_at AS late FROM recent
    WHERE line = 0 AND kind != 'product' AND message_id NOT LIKE 'import:%'),
near AS (
    SELECT moment, late, round(late / 3600) AS hours, abs(late - round(late / 3600) * 3600) < $within AS whole
    FROM told WHERE abs(late) < 15 * 3600)
SELECT hours, count(*) FILTER (whole) AS events, max(moment) AS moment FROM near WHERE hours != 0
GROUP BY hours HAVING events >= $fewest AND events > $share * count(*) ORDER BY events DESC
"""

STEPS = """
SELECT count(*) FILTER (kind = 'viewed') AS viewed,
    count(*) FILTER (kind IN ('carted', 'basket', 'bought')) AS went_on, max(happened_at) AS moment
FROM recent WHERE trust = 'browser' AND line = 0
"""


def twice(patient: Patient) -> Found | None:
    """The same thing told twice within two seconds under two message ids."""
    rows = patient.ask(TWICE, within=MOMENT_S)
    if len(rows) < TWICE_AT_LEAST:
        return None
    return found_in(rows, lambda row: f"{row['event']} of {row['product_id']}")


def wrong_clocks(patient: Patient) -> Found | None:
    """Senders whose clocks were off and were set right at the door."""
    rows = patient.ask(CLOCKS)

    def example(row: dict[str, Any]) -> str:
        ahead = "ahead" if row["off"] > 0 else "behind"
        return f"{(row['shopper'] or 'u:nobody')[2:]}: {abs(row['off']) / 60:,.0f} minutes {ahead}"

    return found_in(rows, example)


def late(patient: Patient) -> Found | None:
    """Browsers' events that came more than a week late."""
    rows = patient.ask(LATE, late=LATE_S)
    return found_in(rows, lambda row: f"{row['shopper'][2:]}: {row['late'] / 86400:.0f} days late")


def whole_hours(patient: Patient) -> Found | None:
    """Events whose times are off by whole hours: a local time sent as UTC.

    A queue that was off line comes at any minute of an hour; most of what comes at the full one is a zone.
    """
    rows = patient.ask(WHOLE_HOURS, within=MOMENT_S * 60, fewest=FEWEST_CLOCKS, share=SHARE)
    if not rows:
        return None
    told = tuple(f"{row['events']:,} events {row['hours']:+.0f} h late" for row in rows[:5])
    return Found(sum(row["events"] for row in rows), told, None, max(row["moment"] for row in rows))


def no_basket(patient: Patient) -> Found | None:
    """Browsers that tell of looks and never of baskets."""
    told = patient.ask(STEPS)[0]
    if told["viewed"] < ENOUGH_EVENTS or told["went_on"]:
        return None
    return Found(told["viewed"], (), None, told["moment"])


CHECKS = (
    Check(
        "event_told_twice",
        "error",
        "Browsers tell the same thing twice",
        "Looks count double, and what is rising is wrong.",
        "Load one tracker only: two scripts (or a tag manager beside the SDK) are sending the same events.",
        twice,
    ),
    Check(
        "clock_wrong",
        "warning",
        "Senders' clocks are wrong",
        "Events that say when they were sent are set right; others count as of when they came.",
        "Send `sentAt` beside `timestamp` (every SDK does), and set the clock of the sending server.",
        wrong_clocks,
    ),
    Check(
        "events_late",
        "note",
        "Browsers' events are more than a week old when they come",
        "They count where they belong in time, and teach at the next training.",
        "Send `sentAt` beside `timestamp`, so that a wrong clock can be told from a long queue.",
        late,
    ),
    Check(
        "time_zone",
        "error",
        "Event times are off by whole hours",
        "Visits are put together wrongly, and the newest look is not the newest.",
        "Send times with their offset or in UTC: `2026-05-01T10:00:00Z`, not local time without a zone.",
        whole_hours,
    ),
    Check(
        "no_basket_events",
        "warning",
        "Browsers tell of looks and never of baskets",
        "What lies in the basket is neither completed nor left out of suggestions.",
        "Send `Product Added`, `Product Removed` and `Cart Viewed`, or give `basket` with each request.",
        no_basket,
    ),
)
