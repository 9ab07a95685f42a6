"""A model on disk: the same bits back, and nothing damaged or foreign ever served."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recommender.artefact import MANIFEST, pack_texts, unpack_texts
from recommender.errors import DamagedModel
from recommender.ladders import LADDERS
from recommender.model import Model
from recommender.question import Question


@pytest.fixture(scope="module")
def saved(model, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "v1"
    model.save(folder)
    return folder


@pytest.fixture
def folder(saved, tmp_path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "v1"))


def test_what_is_loaded_answers_as_what_was_saved(model, saved, now):
    loaded = Model.load(saved)
    assert loaded.version == "v1"
    assert (loaded.as_of, loaded.counts, loaded.product_ids) == (model.as_of, model.counts, model.product_ids)
    for kind in LADDERS:
        question = Question(kind, products=("drill",), basket=("tape",), viewed=(("hammer", now),), now=now)
        assert loaded.suggest(question) == model.suggest(question)


def test_saving_what_was_loaded_gives_the_same_bytes(saved, tmp_path):
    Model.load(saved).save(tmp_path / "again")
    for file in saved.iterdir():
        if file.name != MANIFEST:
            assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name


def test_arrays_are_mapped_and_cannot_be_written(saved):
    lists = Model.load(saved).parts.complements.together_
    assert isinstance(lists.scores.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        lists.scores[0] = 1.0


def test_the_manifest_vouches_for_every_file(saved):
    manifest = json.loads((saved / MANIFEST).read_text())
    assert {file.name for file in saved.iterdir()} == {MANIFEST, *manifest["files"]}
    for name, entry in manifest["files"].items():
        data = (saved / name).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert b"\x80\x04" not in data[:10]


def test_no_shopper_is_in_any_file(saved):
    everything = b"".join(file.read_bytes() for file in saved.iterdir())
    assert b"drinker" not in everything
    assert b"builder" not in everything


def test_a_model_once_written_never_changes(model, saved):
    with pytest.raises(FileExistsError, match="never changes"):
        model.save(saved)


def test_any_text_can_be_an_id():
    texts = ("", "a/b", "☕", "x\u0301", "1" * 128)
    assert unpack_texts(*pack_texts(texts).values()) == texts


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return damage


def vouched(name: str, array: np.ndarray) -> Callable[[Path], None]:
    """Another array under a manifest made to fit it."""

    def damage(folder: Path) -> None:
        np.save(folder / name, array)
        data = (folder / name).read_bytes()
        manifest = json.loads((folder / MANIFEST).read_text())
        manifest["files"][name] = {
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "dtype": array.dtype.name,
            "shape": list(array.shape),
        }
        (folder / MANIFEST).write_text(json.dumps(manifest))

    return damage


def plant_a_tree(folder: Path) -> None:
    """Gives the model one sound tree, so that what is refused is the damage done to it."""
    tree = {
        "feature": np.ones((1, 1), np.int32),
        "threshold": np.zeros((1, 1), np.float32),
        "value": np.array([[-1.0, 1.0]], np.float32),
    }
    for name, array in tree.items():
        vouched(f"blend.for-you.trees.{name}.npy", array)(folder)


def changed_manifest(**values: object) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_text())
        (folder / MANIFEST).write_text(json.dumps({**manifest, **values}))

    return damage


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def relisted(old: str, new: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_text())
        manifest["files"][new] = manifest["files"].pop(old)
        (folder / MANIFEST).write_text(json.dumps(manifest))

    return damage


SCORES, STARTS = "complements.together.scores.npy", "complements.together.starts.npy"
DAMAGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "truncated": (SCORES, edit(SCORES, lambda data: data[:-4])),
    "emptied": (SCORES, edit(SCORES, lambda data: b"")),
    "longer": (SCORES, edit(SCORES, lambda data: data + b"0")),
    "a bit flipped in the data": (SCORES, edit(SCORES, lambda data: flip(data, len(data) - 1))),
    "a bit flipped in the header": (SCORES, edit(SCORES, lambda data: flip(data, 20))),
    "missing": (SCORES, lambda folder: (folder / SCORES).unlink()),
    "foreign": ("extra.npy", lambda folder: np.save(folder / "extra.npy", np.zeros(3))),
    "a foreign pickle": ("model.pkl", lambda folder: (folder / "model.pkl").write_bytes(pickle.dumps({}))),
    "a foreign folder": ("deep", lambda folder: (folder / "deep").mkdir()),
    "a link": (
        SCORES,
        lambda folder: (
            (folder / SCORES).rename(folder.parent / "x")
            and (folder / SCORES).symlink_to(folder.parent / "x")
        ),
    ),
    "a pickle in an array's place": (SCORES, edit(SCORES, lambda data: pickle.dumps([1.0]))),
    "objects, vouched for": (SCORES, vouched(SCORES, np.array([{}], object))),
    "numbers of another kind, vouched for": (SCORES, vouched(SCORES, np.array(["a"]))),
    "not numbers, vouched for": (STARTS, vouched(SCORES, np.full(10_000, np.nan, np.float32))),
    "starts that fall, vouched for": (STARTS, vouched(STARTS, np.arange(16)[::-1].copy())),
    "products there are not, vouched for": (
        "trending.risen.npy",
        vouched("trending.risen.npy", np.array([999], np.int32)),
    ),
    "weights of another size, vouched for": (
        "blend.for-you.weights.npy",
        vouched("blend.for-you.weights.npy", np.zeros(3)),
    ),
    "trees that are no trees, vouched for": (
        "blend.for-you.trees.feature.npy",
        vouched("blend.for-you.trees.feature.npy", np.zeros((4, 6), np.int32)),
    ),
    "trees without end, vouched for": (
        "blend.for-you.trees.feature.npy",
        vouched("blend.for-you.trees.feature.npy", np.zeros((5000, 7), np.int32)),
    ),
    "trees that ask for terms there are not, vouched for": (
        "blend.for-you.trees.feature.npy",
        vouched("blend.for-you.trees.feature.npy", np.full((1, 1), 999, np.int32)),
    ),
    "trees with half a column, vouched for": (
        "blend.for-you.trees.threshold.npy",
        vouched("blend.for-you.trees.threshold.npy", np.zeros((3, 1), np.float32)),
    ),
    "trees whose leaves are not numbers, vouched for": (
        "blend.for-you.trees.value.npy",
        vouched("blend.for-you.trees.value.npy", np.full((1, 2), np.nan, np.float32)),
    ),
    "an order of other products, vouched for": ("newest.npy", vouched("newest.npy", np.zeros(15, np.int32))),
    "factors of another shape, vouched for": (
        "tastes.factors.npy",
        vouched("tastes.factors.npy", np.zeros((3, 2), np.float32)),
    ),
    "no manifest": (MANIFEST, lambda folder: (folder / MANIFEST).unlink()),
    "half a manifest": (MANIFEST, edit(MANIFEST, lambda data: data[: len(data) // 2])),
    "a list for a manifest": (MANIFEST, edit(MANIFEST, lambda data: b"[]")),
    "a bomb for a manifest": (MANIFEST, edit(MANIFEST, lambda data: b"[" * 100_000)),
    "another format": (MANIFEST, changed_manifest(format=2)),
    "other terms": (MANIFEST, changed_manifest(columns=["together"])),
    "no moment": (MANIFEST, changed_manifest(as_of=None)),
    "no figures": (MANIFEST, changed_manifest(judged=3)),
    "unknown settings": (MANIFEST, changed_manifest(settings={})),
    "a way out of the folder": (MANIFEST, relisted(SCORES, "../x.npy")),
    "an array that is not an array": (MANIFEST, relisted(SCORES, "x.pkl")),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_model_is_refused_naming_the_file(folder, name):
    file, damage = DAMAGES[name]
    if name.startswith("trees"):
        plant_a_tree(folder)
    Model.load(folder)
    damage(folder)
    with pytest.raises(DamagedModel) as refused:
        Model.load(folder)
    assert refused.value.file == file
    assert str(folder) in str(refused.value)
