"""Who was whom in the past of a shop: the log's joinings up to a moment, those undone by then left out."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.activity import Activity
from plugin.store.log import Log

# Each identity that was part of another strictly before `$before`, with the shopper both are in the end.
PERSONS = """
WITH RECURSIVE said AS (
    SELECT DISTINCT kind, shopper AS whole, json_extract_string(properties, '$.part') AS ref,
        json_extract_string(properties, '$.merge_id') AS name
    FROM log WHERE kind IN ('joined', 'split') AND happened_at < $before AND properties LIKE '%"part"%'),
holding AS (
    SELECT j.ref, j.whole FROM (SELECT * FROM said WHERE kind = 'joined') j
    ANTI JOIN (SELECT * FROM said WHERE kind = 'split') s USING (ref, whole, name)),
up AS (
    SELECT ref, whole AS person, 1 AS steps FROM holding
    UNION ALL
    SELECT up.ref, holding.whole, steps + 1 FROM up JOIN holding ON holding.ref = up.person WHERE steps < 60)
SELECT ref, arg_max(person, (steps, person)) AS person FROM up GROUP BY ref
"""


def as_persons(rows: str) -> str:
    """Return a query whose `shopper` is the person that each row's shopper was before the moment `$before`.

    `rows` is a query with a column `shopper`.
    """
    return (
        "SELECT told.* REPLACE (coalesce(persons.person, told.shopper) AS shopper) "
        f"FROM ({rows}) told LEFT JOIN ({PERSONS}) persons ON persons.ref = told.shopper"
    )


def persons_before(
    log: Log, refs: Iterable[str], before: float
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the person that each reference was before a moment, and all references of each such person.

    A visitor's number that was somebody's is nobody by itself: it has no person.
    """
    wanted = sorted(set(refs))
    found = log.query(
        f"""WITH persons AS ({PERSONS}),
        asked AS (SELECT unnest($refs) AS ref),
        wholes AS (
            SELECT asked.ref, coalesce(persons.person, asked.ref) AS person
            FROM asked LEFT JOIN persons USING (ref))
        SELECT ref, person, true AS asked FROM wholes
        UNION ALL SELECT ref, person, false FROM persons WHERE person IN (SELECT person FROM wholes)""",
        {"refs": wanted, "before": before},
    ).to_pylist()
    person_of = {row["ref"]: row["person"] for row in found if row["asked"]}
    members = {person: [person] for person in person_of.values()}
    for row in found:
        if not row["asked"]:
            members[row["person"]].append(row["ref"])
    owned = [ref for ref, person in person_of.items() if ref.startswith("a:") and person != ref]
    return {ref: person for ref, person in person_of.items() if ref not in owned}, members


def counting(activities: Iterable[Activity]) -> list[Activity]:
    """Return what counts of one person's activities: a visitor's up to when the shopper was seen there."""
    told = list(activities)
    seen: dict[str, float] = {}
    for each in told:
        if each.visitor is not None and each.shopper is not None and each.shopper.known:
            seen[each.visitor] = max(seen.get(each.visitor, 0.0), each.at)
    return [
        each
        for each in told
        if each.shopper is None
        or each.shopper.known
        or each.shopper.id not in seen
        or each.at <= seen[each.shopper.id]
    ]
