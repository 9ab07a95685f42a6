"""The shop's own questions: what a shopper is asked, and what each answer sets.

A choice may set preferences, a question may keep its answer as a trait. When an answer changes, what the
earlier choice had set is taken back, unless it was also said otherwise by another answer given now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.errors import Invalid
from plugin.tiers.ladder import in_language
from plugin.wishes.preferences import ANSWER, LISTS, SIZE, Preferences

KINDS = ("one", "several", "text", "number")
CHOOSING = ("one", "several")  # the kinds that have choices
SINGLE = ("how_often", "plain_feed")
LONGEST_ANSWER = 1_000

Words = dict[str, str] | str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen, and the preferences it sets."""

    id: str
    text: Words
    sets: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One question: what it asks, how it is answered, and the trait the answer is kept as, if any."""

    question_id: str
    text: Words
    kind: str
    choices: tuple[Choice, ...] = ()
    trait: str | None = None

    def chosen(self, answer: Any) -> list[Choice]:
        """Return the choices that an answer names."""
        ids = answer if isinstance(answer, list) else [answer]
        return [choice for choice in self.choices if choice.id in ids]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All questions of a shop, in the order they are asked."""

    questions: tuple[Question, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Questionnaire:
        """Return the questionnaire a merchant wrote, checked for its shape at the door."""
        return cls(
            tuple(
                Question(
                    question_id=asked["question_id"],
                    text=asked["text"],
                    kind=asked["kind"],
                    choices=tuple(
                        Choice(choice["id"], choice["text"], choice.get("sets") or {})
                        for choice in asked.get("choices") or ()
                    ),
                    trait=asked.get("as"),
                )
                for asked in document["questions"]
            )
        )

    def to_document(self) -> dict[str, Any]:
        """Return the questionnaire as a merchant writes it."""
        return {"questions": [_question_document(question) for question in self.questions]}

    def asked_in(self, locale: str | None, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the questions as a page shows them, in one language, with the answers given so far.

        What a choice sets is the shop's business and is not told.
        """
        return [
            {
                "question_id": question.question_id,
                "text": in_language(question.text, locale),
                "kind": question.kind,
                "choices": [
                    {"id": choice.id, "text": in_language(choice.text, locale)} for choice in question.choices
                ],
                "answer": answers.get(question.question_id),
            }
            for question in self.questions
        ]

    def question(self, question_id: str) -> Question | None:
        """Return the question of this id."""
        return next((each for each in self.questions if each.question_id == question_id), None)


@dataclass(frozen=True, slots=True)
class Said:
    """What answers come to: facts for the preferences, and traits."""

    facts: Mapping[str, Any]
    traits: Mapping[str, Any]


def what_answers_say(questionnaire: Questionnaire, answers: Mapping[str, Any], held: Preferences) -> Said:
    """Return what a shopper's answers set; None takes an answer back, and with it what it had set.

    Raises `Invalid` with a pointer for each answer that does not fit its question.
    """
    faults = list(_faults(questionnaire, answers))
    if faults:
        raise Invalid(f"{faults[0]['pointer']}: {faults[0]['detail']}", errors=faults)
    facts: dict[str, Any] = {ANSWER + question_id: answer for question_id, answer in answers.items()}
    traits: dict[str, Any] = {}
    given, taken_back = [], []
    for question_id, answer in answers.items():
        question = questionnaire.question(question_id)
        assert question is not None  # else it would have been a fault
        now = question.chosen(answer)
        given += [choice.sets for choice in now]
        before = question.chosen(held.answers.get(question_id))
        taken_back += [choice.sets for choice in before if choice not in now]
        if question.trait:
            traits[question.trait] = answer
    facts.update(_lists(held, given, taken_back))
    facts.update(_single(held, given, taken_back))
    return Said(facts, traits)


def _lists(
    held: Preferences, given: Iterable[Mapping[str, Any]], taken_back: Iterable[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """The lists that change: what was said before and is not taken back, and what is set now."""
    document, changed = held.to_document(), {}
    for name in LISTS:
        added = [text for sets in given for text in sets.get(name, ())]
        gone = {text for sets in taken_back for text in sets.get(name, ())} - set(added)
        kept = [text for text in document[name] if text not in gone]
        after = list(dict.fromkeys([*kept, *added]))
        if after != document[name]:
            changed[name] = after
    return changed


def _single(
    held: Preferences, given: Iterable[Mapping[str, Any]], taken_back: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The wishes of one value: sizes, how often, a plain feed. What was changed since stays as it is."""
    document = held.to_document()
    facts: dict[str, Any] = {}
    for sets in taken_back:
        for size, value in sets.get("sizes", {}).items():
            if held.sizes.get(size) == value:
                facts[SIZE + size] = None
        facts.update({name: None for name in SINGLE if name in sets and document[name] == sets[name]})
    for sets in given:
        facts.update({SIZE + size: value for size, value in sets.get("sizes", {}).items()})
        facts.update({name: sets[name] for name in SINGLE if name in sets})
    return facts


def _faults(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    for question_id, answer in answers.items():
        question = questionnaire.question(question_id)
        if question is None:
            known = ", ".join(each.question_id for each in questionnaire.questions) or "none"
            fault: str | None = f"There is no such question; there are: {known}."
        else:
            fault = None if answer is None else _fault(question, answer)
        if fault:
            pointer = question_id.replace("~", "~0").replace("/", "~1")
            yield {"pointer": f"/answers/{pointer}", "detail": fault}


def _fault(question: Question, answer: Any) -> str | None:
    """What is wrong with an answer; None when it fits."""
    ids = [choice.id for choice in question.choices]
    if question.kind == "one":
        return None if answer in ids else f"One of {', '.join(ids)}."
    if question.kind == "several":
        fits = isinstance(answer, list) and all(each in ids for each in answer)
        return None if fits else f"A list, of {', '.join(ids)}."
    if question.kind == "number":
        fits = isinstance(answer, int | float) and not isinstance(answer, bool)
        return None if fits else "A number."
    fits = isinstance(answer, str) and 1 <= len(answer) <= LONGEST_ANSWER
    return None if fits else f"A text of 1 to {LONGEST_ANSWER} characters."


def _question_document(question: Question) -> dict[str, Any]:
    return {
        "question_id": question.question_id,
        "text": question.text,
        "kind": question.kind,
        "choices": [{"id": each.id, "text": each.text, "sets": dict(each.sets)} for each in question.choices],
        "as": question.trait,
    }
