"""What shoppers did with the ideas they were shown, and what that says of each idea.

Every shopper has one voice for an idea, whatever they did how often: who tried it took to it, who refused it
did not, and a look, or being shown it in vain, says less. Programs have none, and where shoppers are proven
only they have (`plugin.trust.teachers`), as wherever something is learned.
"""

from __future__ import annotations

import orjson

from plugin.history import Readable
from plugin.identity.past import as_persons
from plugin.models.learned_from import readable_by_models
from plugin.shops import Shops
from plugin.store.log import Log
from plugin.trust.teachers import Teachers, teachers_before

COUNTS_FOR_DAYS = 730.0
OPENED_SAYS = 0.5
SHOWN_IN_VAIN_SAYS = 0.2
SHOWN_IN_VAIN = 3  # days on which it was shown

ANSWERED = """
SELECT 1 FROM log WHERE kind IN ('shown', 'clicked', 'dismissed', 'tried') AND happened_at >= $since
    AND happened_at < $before AND properties LIKE '%"use_id"%' LIMIT 1
"""
# "Have it" says that somebody knows the idea already, and nothing of how good it is.
VOICES = """
WITH taught AS ({taught}),
told AS (
    SELECT kind, shopper, floor(happened_at / 86400) AS day,
        json_extract_string(properties, '$.use_id') AS use_id,
        coalesce(json_extract_string(properties, '$.reason'), '') AS why
    FROM taught WHERE kind IN ('shown', 'clicked', 'dismissed', 'tried') AND shopper IS NOT NULL
        AND happened_at >= $since AND happened_at < $before AND properties LIKE '%"use_id"%')
SELECT shopper, use_id, bool_or(kind = 'tried') AS tried, bool_or(kind = 'clicked') AS opened,
    bool_or(kind = 'dismissed' AND why <> 'have_it') AS refused,
    count(DISTINCT day) FILTER (kind = 'shown') AS shown
FROM told WHERE use_id IS NOT NULL GROUP BY shopper, use_id
"""
COUNTED = f"""
SELECT use_id, sum(CASE WHEN tried THEN 1.0 WHEN refused THEN 0.0 WHEN opened THEN {OPENED_SAYS} ELSE 0.0 END)
        AS good,
    sum(CASE WHEN tried THEN 0.0 WHEN refused THEN 1.0 WHEN opened THEN 0.0
        WHEN shown >= {SHOWN_IN_VAIN} THEN {SHOWN_IN_VAIN_SAYS} ELSE 0.0 END) AS bad
FROM voices GROUP BY use_id HAVING good + bad > 0 ORDER BY use_id
"""


def answers_before(
    log: Log, before: float, readable: Readable | None = None, teachers: Teachers | None = None
) -> dict[str, list[float]]:
    """Return by use id how many shoppers took to it and how many did not, strictly before a moment."""
    taught, whose = (teachers or Teachers()).of("log")
    told = {"before": before, "since": before - COUNTS_FOR_DAYS * 86_400.0, **whose}
    voices, parameters = (readable or Readable()).among(VOICES.format(taught=as_persons(taught)), told)
    rows = log.query(f"WITH voices AS ({voices}) {COUNTED}", parameters).to_pylist()
    return {row["use_id"]: [float(row["good"]), float(row["bad"])] for row in rows}


def refresh_trust(shops: Shops, shop_id: str, now: float) -> None:
    """Count what came of a shop's ideas, from the log, and keep it; nothing is done where nothing came."""
    view, memory = shops.view(shop_id), shops.memory(shop_id)
    window = {"before": now, "since": now - COUNTS_FOR_DAYS * 86_400.0}
    if not len(view.ideas) or not memory.log.query(ANSWERED, window).num_rows:
        return
    teachers = teachers_before(memory.log, now, view.trust_words)
    told = answers_before(memory.log, now, readable_by_models(shops, shop_id), teachers)
    memory.documents.put({"use-trust": orjson.dumps({"ideas": told, "at": now})})
