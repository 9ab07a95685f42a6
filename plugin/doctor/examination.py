"""One examination of a shop: every check in turn, and what they found, the worst first."""

from __future__ import annotations

from collections.abc import Callable

from plugin.doctor import events, money, orders, people, prices, products, setup
from plugin.doctor.finding import Check, Finding, Patient
from plugin.shops import Shops
from plugin.worker import Worker

CHECKS: tuple[Check, ...] = tuple(
    check for family in (orders, money, prices, products, people, events, setup) for check in family.CHECKS
)
WORST_FIRST = ("error", "warning", "note")
DAY = 86400.0


def examine(
    shops: Shops,
    shop_id: str,
    *,
    now: float,
    days: float = 30.0,
    progress: Callable[[int, str], None] | None = None,
) -> list[Finding]:
    """Return what is wrong with a shop, the worst first; nothing for a healthy one.

    What happened or came in within the last `days` is looked at. `progress` hears how many checks are done
    and what is looked at next.
    """
    Worker(shops, lambda: now).drain(shop_id)
    patient = Patient(shops.view(shop_id, fresh=True), shops.memory(shop_id), now, now - days * DAY)
    findings = []
    for done, check in enumerate(CHECKS):
        if progress:
            progress(done, check.title)
        if (found := check.look(patient)) is not None:
            findings.append(Finding(check, found))
    return sorted(findings, key=lambda finding: WORST_FIRST.index(finding.check.severity))
