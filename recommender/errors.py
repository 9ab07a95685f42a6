"""What can go wrong between a trained model and the shop, by name."""

from __future__ import annotations

from pathlib import Path


class DamagedModel(Exception):
    """A model on disk that must not serve.

    ``file`` is the file at fault, relative to the model's directory, and ``fault`` what is wrong with it in
    plain words. Whoever loads a model keeps the one in service when this is raised.
    """

    def __init__(self, directory: Path, file: str, fault: str) -> None:
        super().__init__(f"{directory / file}: {fault}")
        self.directory = directory
        self.file = file
        self.fault = fault


class UnknownKind(ValueError):
    """A question of a kind that no ladder answers."""


class NotFitted(RuntimeError):
    """An estimator that was asked before it had learned anything."""
