"""Which uses a shopper is shown: complete ones first, then those for which one thing is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import exp, log

from plugin.gather import Scene
from plugin.ownership import Owned
from plugin.shelf.exploration import LEAST_SHELF, tries_something_new
from plugin.shelf.fatigue import lost
from plugin.uses.completing import Completing
from plugin.uses.idea import UseIdea, Want, in_words
from plugin.uses.matching import Found, Matched, Reader, language_of, matching_of
from plugin.uses.suggested import Held, SuggestedUse, reason_for

DAY = 86_400.0
MOST_WEIGHED = 60  # complete ideas, and as many that lack one thing, whose further merits are looked at
FADES_BY_HALF_IN_DAYS = 365.0
FADES_TO = 0.3  # what was bought long ago still counts so much
GAINED_BY_OFTEN = 0.3  # for each unit of the logarithm of how often it was bought
GAINED_BY_KIND = 3.0  # where everything owned is of its kind: two steps of the category
LOST_BY_TRYING = 3.0  # of the logarithm of its odds; half of it comes back in two months
TRYING_FADES_DAYS = 60.0
LOST_BY_LANGUAGE = 0.7  # written for the shop's readers, not for this one
GAINED_BY_OPTIONAL = 0.1  # for each further thing it is better with and that is there
FEW_ANSWERS = 5.0


def uses_for(
    scene: Scene, completing: Completing, limit: int, with_products: Sequence[str] = ()
) -> list[SuggestedUse]:
    """Return the uses to show, best first, `limit` at most; what is taken is noted on the scene.

    With `with_products` only uses in which one of these takes part. Nothing for somebody of whom nothing is
    known, and nothing that rests on what was sent back, used up, waved away, avoided or is sensitive.
    """
    if limit < 1 or not len(scene.shop.ideas):
        return []
    owned = usable(scene)
    if with_products:
        group_of = scene.shop.catalogue.group_of
        groups = set(map(group_of, with_products))
        if not any(group_of(product_id) in groups for product_id in owned):
            return []
    weights = _weights(scene, owned)
    found = matching_of(scene.shop.ideas).matched(
        weights, scene.shop.catalogue, _reader(scene), MOST_WEIGHED, with_products or None
    )
    complete = _judged(scene, found, owned, found.complete)
    judged = chain(complete, _later(lambda: _judged(scene, found, owned, found.lacking)))
    shown: list[SuggestedUse] = []
    lacked: set[str] = set()  # the same thing is not asked for twice
    for each in judged:
        if len(shown) == limit:
            break
        use = _suggested(scene, each, completing, with_products)
        if use is not None and lacked.isdisjoint(product.group for product in use.missing):
            lacked.update(product.group for product in use.missing)
            shown.append(use)
    shown = _with_something_new(scene, complete, shown, limit, completing)
    for use in shown:
        scene.taken_uses.add(use.use_id)
        scene.taken.update(product.group for product in use.missing)
    return list(_falling(shown))


def _later(make: Callable[[], Sequence[_Judged]]) -> Iterator[_Judged]:
    """What is only worked out when somebody reads on so far."""
    yield from make()


def usable(scene: Scene) -> dict[str, Owned]:
    """Return what a shopper has and suggestions may speak of, by product.

    Left out is what is used up or sent back, sensitive, avoided, or was waved away after it was bought, and
    what the catalogue does not know, which has no name to speak of. What the shopper waved away because it is
    there already counts as there.
    """
    found: dict[str, Owned] = {}
    dismissed = scene.remembered.dismissed
    for product_id, held in scene.remembered_owned.items():
        if not held.there or held.quantity <= 0 or not _may_be_named(scene, product_id):
            continue
        reason, at = dismissed.get(product_id, ("have_it", 0.0))
        if reason == "have_it" or at <= held.last_at:
            found[product_id] = held
    for product_id, (reason, at) in dismissed.items():
        if reason != "have_it" or product_id in scene.remembered_owned:
            continue
        if _may_be_named(scene, product_id):
            found[product_id] = Owned(product_id, 1, 0, at, at, since=at)
    return found


def _may_be_named(scene: Scene, product_id: str) -> bool:
    product = scene.shop.catalogue.get(product_id)
    if product is None or scene.shop.is_sensitive(product):
        return False
    return not (scene.avoided and scene.avoided.names(product))


def _weights(scene: Scene, owned: Mapping[str, Owned]) -> dict[str, float]:
    """How near each thing is to its owner: bought lately, often, and among much else of its kind."""
    catalogue = scene.shop.catalogue
    kind_of = {each: product.path[:2] for each in owned if (product := catalogue.get(each)) is not None}
    of_kind = Counter(kind_of.values())
    return {
        product_id: _lately(held, scene.now)
        * (1.0 + GAINED_BY_OFTEN * log(max(1, held.times)))
        * (1.0 + GAINED_BY_KIND * of_kind[kind_of.get(product_id, ())] / len(owned))
        for product_id, held in owned.items()
    }


def _lately(held: Owned, now: float) -> float:
    """What a purchase counts by its age, 1 for one of today."""
    age = max(0.0, now - held.last_at) / DAY
    return FADES_TO + (1.0 - FADES_TO) * 0.5 ** (age / FADES_BY_HALF_IN_DAYS)


def _reader(scene: Scene) -> Reader:
    languages = {language_of(scene.locale), language_of(scene.shop.settings.locale)}
    trust = scene.shop.use_trust
    return Reader(
        frozenset(languages),
        frozenset(scene.remembered.uses_refused) | scene.taken_uses,
        trust.shares,
        trust.otherwise,
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """An idea in the running: what of it is owned, by need, the need that is not met, and its strength."""

    idea: UseIdea
    owned: tuple[tuple[Want, Owned], ...]
    gap: int | None
    strength: float


def _judged(
    scene: Scene, found: Found, owned: Mapping[str, Owned], matched: Sequence[Matched]
) -> list[_Judged]:
    """The ideas with all that moves them, strongest first."""
    judged = []
    for each in matched:
        idea = scene.shop.ideas.get(each.use_id)
        if idea is None:  # taken away a moment ago
            continue
        held = [_met(found, owned, need) for number, need in enumerate(idea.needs) if number != each.gap]
        further = sum(_met(found, owned, need) is not None for need in idea.optional)
        strength = log(each.fit) + GAINED_BY_OPTIONAL * further - _loss(scene, idea)
        judged.append(_Judged(idea, tuple(filter(None, held)), each.gap, strength))
    return sorted(judged, key=lambda each: (-each.strength, each.idea.use_id))


def _met(found: Found, owned: Mapping[str, Owned], need: Sequence[Want]) -> tuple[Want, Owned] | None:
    """The owned thing that meets a need, the one bought last of several, and by which want it does."""
    met = [(want, owned[product_id]) for want in need if (product_id := found.holder(want)) is not None]
    return max(met, key=lambda each: (each[1].last_at, each[1].product_id), default=None)


def _loss(scene: Scene, idea: UseIdea) -> float:
    """By how much the logarithm of an idea's odds falls: shown in vain, tried lately, in another language."""
    said, use_id, now = scene.remembered, idea.use_id, scene.now
    tried = said.uses_tried.get(use_id)
    loss = lost(said.uses_shown.get(use_id, ()), max(said.uses_opened.get(use_id, 0.0), tried or 0.0), now)
    if tried is not None:
        loss += LOST_BY_TRYING * 0.5 ** (max(0.0, now - tried) / DAY / TRYING_FADES_DAYS)
    reader = language_of(scene.locale or scene.shop.settings.locale)
    if idea.locale is not None and language_of(idea.locale) != reader:
        loss += LOST_BY_LANGUAGE
    return loss


def _suggested(
    scene: Scene, judged: _Judged, completing: Completing, named: Sequence[str] = ()
) -> SuggestedUse | None:
    """The idea as it is answered, told from a named product if it takes one.

    None where what is missing cannot be had.
    """
    idea, missing = judged.idea, None
    if judged.gap is not None:
        missing = completing.best(idea.needs[judged.gap])
        if missing is None:
            return None
    locale, own = scene.locale, scene.shop.settings.locale
    catalogue = scene.shop.catalogue
    held = {
        owned.product_id: Held(owned.product_id, owned.since, catalogue.get(owned.product_id))
        for _, owned in judged.owned
    }
    groups = set(map(catalogue.group_of, named))
    lead = min(
        judged.owned,
        key=lambda each: (
            catalogue.group_of(each[1].product_id) not in groups,
            each[1].durable is not True,
            each[0].kind != "product",
        ),
    )[1]
    zone = scene.shop.settings.timezone
    return SuggestedUse(
        idea.use_id,
        in_words(idea.title, locale, own) or idea.use_id,
        tuple(held.values()),
        () if missing is None else (missing,),
        reason_for(held[lead.product_id], missing, locale or own, zone, scene.now),
        judged.strength,
        in_words(idea.summary, locale, own),
        idea.url,
        idea.image_url,
        idea.minutes,
        idea.level,
    )


def _with_something_new(
    scene: Scene,
    judged: Sequence[_Judged],
    shown: list[SuggestedUse],
    limit: int,
    completing: Completing,
) -> list[SuggestedUse]:
    """The list with a complete idea that few have answered in its last place, on the days that is tried."""
    answered = scene.shop.use_trust.answers
    if limit < LEAST_SHELF or len(shown) < limit or not answered or scene.shopper is None:
        return shown
    who = f"{scene.shop.shop_id}/{scene.shopper.ref}"
    if not tries_something_new(who, "new-uses", scene.now):
        return shown
    there = {use.use_id for use in shown[: limit - 1]}
    for each in judged:
        known = each.idea.use_id in there or answered.get(each.idea.use_id, 0.0) >= FEW_ANSWERS
        if not known and not _loss(scene, each.idea):
            use = _suggested(scene, each, completing)
            return shown if use is None else [*shown[: limit - 1], use]
    return shown


def _falling(shown: Sequence[SuggestedUse]) -> Iterator[SuggestedUse]:
    """The uses with scores from 0 to 1 that never rise, whatever put them in order."""
    last, best = 1.0, max((use.score for use in shown), default=0.0)
    for use in shown:
        last = min(last, exp(use.score - best))
        yield replace(use, score=last)
