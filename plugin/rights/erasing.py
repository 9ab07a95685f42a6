"""Erasing a shopper: at once from every answer, then step by step from everything that is kept.

An erasure first closes the door of activity to every id of the shopper and removes what answers are made of;
that is done when it is asked for. The rest is the worker's: it goes on where a killed one stopped, as every
step can be done again. Whom it is about is known until the last of their data is gone; the receipt never
says it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from plugin.activity import Shopper
from plugin.errors import NotFound, Refused
from plugin.identity.joining import all_refs, forget
from plugin.intake.privacy_requests import unname_requests
from plugin.rights.consenting import refs_of
from plugin.rights.erased_ids import ErasedIds, is_kept_beside
from plugin.shopper import Profile
from plugin.shops import Shops
from plugin.store.archive import Archive
from plugin.store.memory import ShopMemory
from plugin.store.upkeep import Upkeep, renewed

By = Literal["shop", "command line", "platform", "reconciliation"]

# Who is behind an erasure that no person of the shop asked for, as the audit chain names them.
OF_ITSELF = {"platform": "the shop's platform", "reconciliation": "the list of the erased"}

RUNNING, DONE = "running", "done"
STEPS = (
    *("door", "identities", "sign_ins", "store", "stream", "others"),
    *("dead_letters", "orders", "requests", "log", "files"),
)


class Erasing:
    """The erasures of one installation."""

    def __init__(self, shops: Shops, clock: Callable[[], float]) -> None:
        self._shops = shops
        self._clock = clock

    def ask(self, shop_id: str, shopper: Shopper, by: By, *, unknown_too: bool = False) -> dict[str, Any]:
        """Return the receipt of an erasure that is under way: from now on nothing is answered from, or kept.

        A shopper who is erased already gets the receipt there is. Raises `NotFound` for somebody of whom
        nothing is known (unless `unknown_too`, which keeps them out from now on), `Refused` while the erasure
        key is not the one that the marks so far were made with.
        """
        memory = self._shops.memory(shop_id)
        refs = sorted(self._refs(memory, shopper))
        marks = self._marks(refs)
        held = memory.erased.receipt_of(marks[shopper.ref])
        if held is not None and memory.erased.among(marks) == set(refs):
            return held
        if not unknown_too and not self._known(memory, shopper, refs):
            raise NotFound(f"Nothing is known of a shopper {shopper.id!r}.")
        if not self._shops.store.settle_erasure_key():
            raise Refused("This erasure key is not the one of the marks there are; bring that one back.")
        return self._begin(memory, shopper, by)

    def for_platform(self, shop_id: str, shopper: Shopper) -> str:
        """Return the id of an erasure that a platform asks for, of somebody known or not."""
        return self.ask(shop_id, shopper, "platform", unknown_too=True)["erasure_id"]

    def _begin(self, memory: ShopMemory, shopper: Shopper, by: By) -> dict[str, Any]:
        refs = sorted(self._refs(memory, shopper))
        marks = self._marks(refs)
        receipt = {
            "erasure_id": f"e_{secrets.token_hex(8)}",
            "state": RUNNING,
            "asked_at": self._clock(),
            "finished_at": None,
            "by": by,
            "marks": sorted(mark.hex() for mark in marks.values()),
            "steps": [],
        }
        memory.erased.begin(receipt, refs)
        if by in OF_ITSELF:  # before the door is shut: whoever asks again after that is told that it is done
            what = {"erasure_id": receipt["erasure_id"]}
            memory.audit.add(self._clock(), OF_ITSELF[by], "shopper.erased", what)
        # The worker may be at it already: then the receipt is the one that it has opened.
        return memory.erased.open({**receipt, "steps": [self._step("door", self._close(memory, marks))]})

    def receipt(self, shop_id: str, erasure_id: str) -> dict[str, Any]:
        """Return a receipt. Raises `NotFound` when there is none of this id."""
        receipt = self._shops.memory(shop_id).erased.receipt(erasure_id)
        if receipt is None:
            raise NotFound(f"There is no erasure {erasure_id!r}.")
        return receipt

    def receipts(self, shop_id: str) -> list[dict[str, Any]]:
        """Return all receipts of a shop, the newest first."""
        return self._shops.memory(shop_id).erased.receipts()

    @staticmethod
    def waiting_for(receipt: Mapping[str, Any]) -> str | None:
        """Return the first step that is not done, None when all are."""
        finished = {step["step"] for step in receipt["steps"]}
        return next((step for step in STEPS if step not in finished), None)

    def lift(self, shop_id: str, shopper: Shopper) -> bool:
        """Let somebody be known again who was erased, from nothing; False when they were not."""
        marks = self._marks([shopper.ref])
        memory = self._shops.memory(shop_id)
        if any(shopper.ref in refs for _, refs in memory.erased.running()):
            raise Refused("This erasure is still under way; lift it when it is done.")
        lifted = memory.erased.lift(marks.values())
        self._shops.store.erasures.forget(shop_id, marks.values())
        return bool(lifted)

    def step(self, shop_id: str, archive: Archive) -> int:
        """Go on with the shop's erasures, under the lease of its work; return how many steps were done."""
        memory = self._shops.memory(shop_id)
        done, in_files = 0, []
        for receipt, refs in memory.erased.running():
            if refs:
                with renewed(archive):  # looking through everything of a large shop takes its time
                    done += self._remove(memory, receipt, refs, Upkeep(archive, memory.log))
            else:
                in_files.append(receipt)
        return done + self._rewrite_files(memory, in_files)

    def reconcile(self, shop_id: str) -> int:
        """Hold the store against the files' marks, have both know all; return how many the store lacked.

        A store that was brought back from a copy lacks the marks since. Whoever is in it and has such a mark
        is erased once more.
        """
        memory, erasures = self._shops.memory(shop_id), self._shops.store.erasures
        noted, held = erasures.marks(shop_id), memory.erased.marks()
        erasures.remember(shop_id, held - noted)
        missing = noted - held
        if not missing:
            return 0
        self._shops.store.settle_erasure_key()
        for shopper in memory.everybody.named():
            if self._shops.store.erasure_mark(shopper.ref) in missing:
                self._begin(memory, shopper, "reconciliation")
        memory.erased.add_everywhere(missing)  # last: whoever is ended before it begins again
        return len(missing)

    def _remove(
        self, memory: ShopMemory, receipt: dict[str, Any], refs: Collection[str], upkeep: Upkeep
    ) -> int:
        """Do the steps of one erasure that are not done yet; return how many that were."""
        erased = ErasedIds(frozenset(refs))
        steps: dict[str, Callable[[], int | None]] = {
            "door": lambda: self._close(memory, self._marks(refs)),
            "identities": lambda: forget(memory, refs),
            # Before the store: what leads from a shopper to the sign-ins is a key of theirs.
            "sign_ins": lambda: sum(memory.sign_ins.forget(each) for each in erased.known_ids),
            "store": lambda: self._forget_keys(memory, refs),
            # Before the others: what is folded into their profiles later names nobody any more.
            "stream": lambda: memory.forgetting.entries(refs, erased.left_of),
            "others": lambda: memory.everybody.change(erased.unname, erased.named_in),
            "dead_letters": lambda: memory.dead_letters.forget(erased.in_letter),
            "orders": lambda: sum(memory.buyers.forget(shopper) for shopper in _shoppers(refs)),
            "requests": lambda: self._forget_requests(memory, erased),
            "log": lambda: upkeep.forget(refs),
        }
        finished = {step["step"] for step in receipt["steps"]}
        count = 0
        for name, remove in steps.items():
            if name in finished:
                continue
            removed = remove()
            if removed is None:
                return count
            receipt["steps"].append(self._step(name, removed))
            memory.erased.settle(receipt)
            count += 1
        memory.erased.unname(receipt)
        return count

    @staticmethod
    def _forget_keys(memory: ShopMemory, refs: Collection[str]) -> int:
        memory.consents.forget(refs)  # once more: a word that was on its way may have been settled meanwhile
        return memory.forgetting.keys_of(refs)

    @staticmethod
    def _forget_requests(memory: ShopMemory, erased: ErasedIds) -> int:
        """Forget what they and platforms asked for, and that there were documents about them."""
        memory.documents.unname(documents_about(erased.refs))
        asked = memory.erased.forget_requests(erased.known_ids)
        return asked + unname_requests(memory.documents, erased.known_ids)

    def _rewrite_files(self, memory: ShopMemory, waiting: list[dict[str, Any]]) -> int:
        """Have the store's files rewritten for erasures of which the store itself has nothing any more."""
        if not waiting:
            return 0
        asked = waiting[0].get("files_asked")
        if any(receipt.get("files_asked") != asked for receipt in waiting):
            asked = None  # some came since: once more, for all of them
        done = None if asked is None else memory.forgetting.rewritten(asked)
        if done is None:
            return self._ask_for_files(memory, waiting)
        if not done:
            return 0
        for receipt in waiting:
            del receipt["files_asked"]
            receipt["steps"].append(self._step("files", 0))
            memory.erased.end({**receipt, "state": DONE, "finished_at": self._clock()})
        return len(waiting)

    @staticmethod
    def _ask_for_files(memory: ShopMemory, waiting: Sequence[dict[str, Any]]) -> int:
        asked = memory.forgetting.begin_rewriting()
        for receipt in waiting:
            memory.erased.settle({**receipt, "files_asked": asked})
        return 0

    def _close(self, memory: ShopMemory, marks: Mapping[str, bytes]) -> int:
        """Close the door of activity and remove what answers are made of; return how many keys that was."""
        self._shops.store.erasures.remember(memory.shop, marks.values())
        memory.erased.add(marks)
        memory.consents.forget(marks)
        about = documents_about(marks)
        held = zip(about, memory.documents.get_many(about), strict=True)
        memory.documents.put({name: None for name, body in held if body})
        return memory.forgetting.at_once(marks)

    def _step(self, name: str, removed: int) -> dict[str, Any]:
        return {"step": name, "removed": removed, "at": self._clock()}

    @staticmethod
    def _known(memory: ShopMemory, shopper: Shopper, refs: Collection[str]) -> bool:
        if memory.gather(shopper)[1] != Profile():
            return True
        return bool(memory.timeline.newest(_shoppers(refs), 1)[0]) or is_kept_beside(memory, refs)

    @staticmethod
    def _refs(memory: ShopMemory, shopper: Shopper) -> set[str]:
        """Every identity that is one person with this one."""
        return all_refs(memory, shopper) | refs_of(memory.gather(shopper)[1], shopper)

    def _marks(self, refs: Iterable[str]) -> dict[str, bytes]:
        return {ref: self._shops.store.erasure_mark(ref) for ref in refs}


def documents_about(refs: Iterable[str]) -> list[str]:
    """Return the names of the shop's documents that are about these and named after them."""
    return [f"trust/{ref}" for ref in refs]


def _shoppers(refs: Iterable[str]) -> list[Shopper]:
    return [Shopper.from_ref(ref) for ref in refs]
