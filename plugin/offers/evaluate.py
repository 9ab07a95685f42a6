"""The one judgement about offers: which are granted on an occasion, which nearly, which not, and why."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.offers.alone import each_alone
from plugin.offers.applied import applied, priced
from plugin.offers.budgets import passes_budget, without_budget
from plugin.offers.occasion import Occasion
from plugin.offers.offer import Offer
from plugin.offers.rivals import beaten, nearly
from plugin.offers.verdict import REFUSED, VERDICTS, Verdict


def evaluate(offers: Sequence[Offer], occasion: Occasion) -> list[Verdict]:
    """Return the verdict on every offer: granted ones first, then nearly granted, then refused.

    Within each, by priority and id; the order in which offers are given makes no difference. Offers of one
    group are combined, and what is granted is applied in the order `fixed_price`, `buy_x_get_y`,
    `free_product`, `percent_off`, `amount_off`, `free_shipping`, each on what the former left, rounded half
    up once; then the shop's floor cuts back, last applied first.
    """
    verdicts = each_alone(offers, occasion)
    # Most are refused, whatever becomes of the others.
    rows = [row for row, verdict in enumerate(verdicts) if verdict.verdict != REFUSED]
    alone = together = [verdicts[row] for row in rows]
    losers = beaten([v.offer for v in alone if v.applies], occasion)
    if losers:
        together = [
            Verdict(v.offer, REFUSED, "another_applies") if v.offer_id in losers else v for v in alone
        ]
    granted = [v.offer for v in together if v.applies]
    if granted and occasion.basket:
        taken = applied(granted, occasion)
        overdrawn = [offer for offer in granted if passes_budget(offer, taken, occasion)]
        if overdrawn:
            return evaluate(offers, without_budget(overdrawn, taken, occasion))
        together = [priced(v, *taken[v.offer_id], occasion) if v.offer_id in taken else v for v in together]
    for row, verdict in zip(rows, nearly(together, alone, occasion), strict=True):
        verdicts[row] = verdict
    return [verdict for kind in VERDICTS for verdict in verdicts if verdict.verdict == kind]
