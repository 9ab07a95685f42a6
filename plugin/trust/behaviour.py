"""What browsers told of each visitor and shopper, measured from the log."""

from __future__ import annotations

from plugin.store.log import Log
from plugin.trust.judging import Behaviour

LOOKED_BACK_S = 90 * 86400.0
FEWEST = 30  # events below which nobody can be told from a person, unless it says what it is
A_BREAK_S = 600.0

BEHAVIOURS = """
WITH told AS (
    SELECT shopper, happened_at, received_at,
        coalesce(properties LIKE '%"automatic":true%', false) AS declared
    FROM log WHERE trust = 'browser' AND line = 0 AND shopper IS NOT NULL
        AND received_at < $before AND received_at >= $since),
suspects AS (
    SELECT shopper, count(*) AS events, bool_or(declared) AS declared FROM told
    GROUP BY shopper HAVING count(*) >= $fewest OR bool_or(declared)),
theirs AS (SELECT told.* FROM told SEMI JOIN suspects USING (shopper)),
paces AS (
    SELECT shopper, happened_at,
        happened_at - lag(happened_at) OVER (PARTITION BY shopper ORDER BY happened_at) AS pause
    FROM theirs),
runs AS (
    SELECT shopper, happened_at, pause,
        count(*) FILTER (pause > $rest) OVER (PARTITION BY shopper ORDER BY happened_at) AS run FROM paces),
lengths AS (
    SELECT shopper, (max(happened_at) - min(happened_at)) / 3600 AS hours FROM runs GROUP BY shopper, run),
longest AS (SELECT shopper, max(hours) AS longest_run FROM lengths GROUP BY shopper),
rhythms AS (
    SELECT shopper, median(pause) AS pace, stddev_pop(pause) / nullif(avg(pause), 0) AS evenness
    FROM paces WHERE pause <= $rest GROUP BY shopper HAVING count(*) >= $fewest),
by_day AS (SELECT shopper, count(*) AS events FROM theirs GROUP BY shopper, floor(received_at / 86400)),
days AS (SELECT shopper, max(events) AS busiest_day FROM by_day GROUP BY shopper),
by_minute AS (SELECT shopper, count(*) AS events FROM theirs GROUP BY shopper, floor(happened_at / 60)),
minutes AS (SELECT shopper, max(events) AS busiest_minute FROM by_minute GROUP BY shopper),
buyers AS (
    SELECT DISTINCT shopper FROM log
    WHERE trust = 'shop' AND kind IN ('bought', 'rebought') AND received_at < $before)
SELECT suspects.*, busiest_day, busiest_minute, pace, evenness, longest_run,
    buyers.shopper IS NOT NULL AS buyer
FROM suspects LEFT JOIN longest USING (shopper) LEFT JOIN rhythms USING (shopper)
LEFT JOIN days USING (shopper) LEFT JOIN minutes USING (shopper) LEFT JOIN buyers USING (shopper)
ORDER BY shopper
"""


def behaviours(log: Log, before: float) -> dict[str, Behaviour]:
    """Return how those behaved in the last 90 days who told enough to be judged, by their reference."""
    rows = log.query(
        BEHAVIOURS,
        {"before": before, "since": before - LOOKED_BACK_S, "fewest": FEWEST, "rest": A_BREAK_S},
    ).to_pylist()
    return {
        row["shopper"]: Behaviour(
            events=row["events"],
            busiest_day=row["busiest_day"] or 0,
            busiest_minute=row["busiest_minute"] or 0,
            pace=row["pace"],
            evenness=row["evenness"],
            longest_run=row["longest_run"] or 0.0,
            declared=bool(row["declared"]),
            buyer=bool(row["buyer"]),
        )
        for row in rows
    }
