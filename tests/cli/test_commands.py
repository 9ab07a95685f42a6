"""The command line beside nothing: each command starts the store for itself, and ends it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from api.cli import COMMANDS, rapport
from tests.conftest import run_rapport
from tests.test_demo import processes_of

ORDERS = """order_id,product_id,shopper_id,quantity,price,ordered_at,name
1,drill,anna,1,89.00,2026-01-05T10:00:00,Cordless drill
1,bits,anna,2,12.50,2026-01-05T10:00:00,Drill bits
2,drill,ben,1,89.00,2026-02-07T09:30:00,Cordless drill
2,bits,ben,1,12.50,2026-02-07T09:30:00,Drill bits
3,kettle,,1,35.00,2026-03-01T12:00:00,Kettle
3,tea,,3,6.90,2026-03-01T12:00:00,Green tea
4,bits,anna,-1,12.50,2026-03-02T12:00:00,Drill bits
5,lamp,anna,nine,1.00,2026-03-02T12:00:00,Lamp
"""


class Box:
    """One data folder, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "RAPPORT_DATA": str(folder / "data"), "RAPPORT_SHARDS": "8"}
        self.environment.pop("REDIS_URL", None)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return run_rapport(self.environment, *arguments, check=check)

    def ask(self, *arguments: str) -> Any:
        """Return what a command printed for machines; anything else on standard output would not parse."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def refused(self, *arguments: str) -> str:
        """Return the sentence of a command that is refused."""
        done = self.run(*arguments, check=False)
        assert done.returncode not in (0, None)
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return Box(tmp_path_factory.mktemp("box"))


@pytest.fixture(scope="module")
def shop(box: Box) -> str:
    made = box.ask("shops", "create", "Corner Shop", "--currency", "EUR", "--timezone", "Europe/Berlin")
    assert made["publishable_key"].startswith("pk_")
    assert made["secret_key"].startswith("sk_")
    assert made["signing_key"]["alg"] == "HS256"
    (box.folder / "orders.csv").write_text(ORDERS)
    came = box.ask("import", "orders", str(box.folder / "orders.csv"), "--shop", made["shop_id"])
    assert came["orders"] == 3
    assert came["returns"] == 1
    assert sum(came["rejected"].values()) == 1
    return made["shop_id"]


def test_orders_known_already_are_counted_and_change_nothing(box: Box, shop: str) -> None:
    again = box.ask("import", "orders", str(box.folder / "orders.csv"), "--shop", shop)
    assert (again["orders"], again["returns"], again["known"]) == (0, 0, 4)


def test_replaced_orders_take_the_new_lines(box: Box, shop: str) -> None:
    (box.folder / "later.csv").write_text(
        "order_id,product_id,shopper_id,quantity,price,ordered_at\n3,tea,,9,6.90,2026-03-01T12:00:00\n"
    )
    came = box.ask("import", "orders", str(box.folder / "later.csv"), "--shop", shop, "--replace")
    assert came["orders"] == 1


def test_rows_that_cannot_be_used_stand_beside_the_file(box: Box, shop: str) -> None:
    kept = (box.folder / "orders.csv.rejected.csv").read_text().splitlines()
    assert len(kept) == 2
    assert "nine" in kept[1]


def test_train_recommend_evaluate_and_the_past(box: Box, shop: str) -> None:
    now = box.ask("train", "--shop", shop)
    assert now["published"] is True
    assert now["products"] >= 3
    past = box.ask("train", "--shop", shop, "--as-of", "2026-02-01")
    assert past["published"] is False
    assert past["orders"] == 1
    queries, answers = box.folder / "asked.ndjson", box.folder / "answered.ndjson"
    lines = [
        {"kind": "complements", "product": ["drill"], "limit": 5},
        {"kind": "nonsense"},
        {"kind": "trending", "shopper": "anna", "limit": 2},
    ]
    queries.write_text("".join(json.dumps(line) + "\n" for line in lines) + "not json\n")
    common = ("--shop", shop, "--queries", str(queries), "--out", str(answers))
    assert box.ask("recommend", *common) == {"answered": 4}
    today = [json.loads(line) for line in answers.read_text().splitlines()]
    assert today[0]["products"][0]["product_id"] == "bits"
    assert today[0]["model_version"] == now["version"]
    assert today[1]["error"]["code"] == "invalid"
    assert len(today[2]["products"]) <= 2
    assert "error" in today[3]

    assert box.ask("recommend", *common, "--as-of", "2026-02-01") == {"answered": 4}
    then = [json.loads(line) for line in answers.read_text().splitlines()]
    known = {each["product_id"] for each in then[0]["products"]}
    assert "bits" in known
    assert not known & {"kettle", "tea"}, "nothing of later may be known"
    assert then[0]["model_version"] == past["version"]

    judged = box.ask("evaluate", "--shop", shop, "--as-of", "2026-02-01", "--days", "60")
    assert judged["rows"][0]["method"] == "rapport"


def test_every_kind_is_evaluated_at_once_and_written_as_a_page(box: Box, shop: str) -> None:
    page = box.folder / "evaluated.html"
    found = box.ask("evaluate", "--shop", shop, "--kind", "all", "--days", "30", "--html", str(page))
    kinds = [report["kind"] for report in found["reports"]]
    assert "complements" in kinds, "two of the three orders came in the last thirty days"
    assert "also-viewed" not in kinds, "nobody looked at anything"
    [complements] = [report for report in found["reports"] if report["kind"] == "complements"]
    assert complements["unforeseeable"]["guest_orders"] == 1
    assert page.read_text().startswith("<!doctype html>")


def test_what_no_history_can_judge_is_refused_and_so_is_a_folder_that_is_not_there(
    box: Box, shop: str
) -> None:
    assert "cannot be judged by history" in box.refused("evaluate", "--shop", shop, "--kind", "trending")
    gone = box.folder / "gone" / "page.html"
    assert "no folder" in box.refused("evaluate", "--shop", shop, "--html", str(gone))


def test_a_moment_without_a_model_names_the_command_that_makes_one(box: Box, shop: str) -> None:
    said = box.refused("evaluate", "--shop", shop, "--as-of", "2026-01-20", "--days", "60")
    assert "rapport train" in said
    assert "--as-of" in said


def test_a_moment_with_nothing_to_ask_says_where_the_history_lies(box: Box, shop: str) -> None:
    said = box.refused("evaluate", "--shop", shop, "--as-of", "2020-01-01")
    assert "nothing to ask about complements in the 30 days from 20" in said
    assert "from 2026-01-05 to 2026-03-01" in said
    assert "rapport train" not in said


def test_a_moment_that_is_still_to_come_is_refused_and_so_is_one_before_every_order(
    box: Box, shop: str
) -> None:
    for command in (("train",), ("evaluate",)):
        said = box.refused(*command, "--shop", shop, "--as-of", "2190-01-01")
        assert "still to come" in said
        assert "%" not in said, "no bar before an error in what was asked"
    before = box.ask("models", "list", "--shop", shop)
    said = box.refused("train", "--shop", shop, "--as-of", "1999-01-01", "--publish")
    assert "Nothing was bought before" in said
    assert box.ask("models", "list", "--shop", shop) == before


def test_models_are_listed_and_rolled_back(box: Box, shop: str) -> None:
    first = box.ask("train", "--shop", shop)["version"]
    second = box.ask("train", "--shop", shop)["version"]
    serving = {each["version"]: each["serving"] for each in box.ask("models", "list", "--shop", shop)}
    assert serving[second]
    box.run("models", "rollback", "--shop", shop, first)
    serving = {each["version"]: each["serving"] for each in box.ask("models", "list", "--shop", shop)}
    assert serving[first]
    assert not serving[second]


def test_a_setting_is_put_back_to_its_default_the_ways_people_write_it(box: Box, shop: str) -> None:
    for unset in ("", "null", "none"):
        assert box.ask("shops", "set", shop, "training.every_hours=6")["training"]["every_hours"] == 6
        after = box.ask("shops", "set", shop, f"training.every_hours={unset}")
        assert after["training"].get("every_hours") is None
    for wrong in ("-1", "745", "soon"):
        said = box.refused("shops", "set", shop, f"training.every_hours={wrong}")
        assert "from 0 to 744" in said
    done = box.run("shops", "set", shop, "sensitive_categories=Helath")
    assert "'Helath'" in done.stderr
    assert box.ask("shops", "set", shop, "sensitive_categories=")["sensitive_categories"] == []


def test_settings_and_keys(box: Box, shop: str) -> None:
    after = box.ask("shops", "set", shop, "origins=https://a.example,https://b.example", "margin_floor=12")
    assert after["origins"] == ["https://a.example", "https://b.example"]
    assert after["margin_floor"] == 12
    assert box.ask("shops", "show", shop)["name"] == "Corner Shop"
    assert shop in [each["shop_id"] for each in box.ask("shops", "list")]
    made = box.ask("keys", "rotate", "--shop", shop, "--kind", "secret")
    assert made["key"].startswith("sk_")
    box.run("keys", "revoke", "--shop", shop, made["key_id"])
    held = {each["key_id"]: each for each in box.ask("keys", "list", "--shop", shop)}
    assert held[made["key_id"]]["revoked_at"]
    assert held[made["key_id"]]["text"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("shops", "show", "nobody"), "no shop 'nobody'"),
        (("shops", "create", "X", "--currency", "EURO"), "/currency"),
        (("shops", "create", "X", "--timezone", "Mars/Base"), "time zone"),
        (("shops", "create", "X", "--origin", "shop.example/path"), "origin"),
        (("train", "--shop", "nobody"), "no shop"),
        (("import", "orders", "nothing.csv", "--shop", "nobody"), "nothing.csv"),
    ],
)
def test_a_refusal_is_one_sentence_that_names_the_fix(
    box: Box, arguments: tuple[str, ...], words: str
) -> None:
    assert words in box.refused(*arguments)


def test_a_mapping_that_names_no_column_is_refused(box: Box, shop: str) -> None:
    said = box.refused(
        "import", "orders", str(box.folder / "orders.csv"), "--shop", shop, "--map", "order_id=Nope"
    )
    assert "Nope" in said


def test_products_come_in_from_a_table_and_are_hidden_by_replacing(box: Box, shop: str) -> None:
    table = box.folder / "products.csv"
    table.write_text("product_id,name,price\nsaw,Saw,19.00\nfile,File,abc\nplane,Plane,29.00\n")
    came = box.ask("import", "products", str(table), "--shop", shop)
    assert came["products"] == 2
    assert sum(came["rejected"].values()) == 1
    table.write_text("product_id,name,price\nsaw,Saw,18.00\n")
    came = box.ask("import", "products", str(table), "--shop", shop, "--replace")
    assert (came["products"], came["hidden"]) == (1, 1)


def test_activity_comes_in_from_ndjson(box: Box, shop: str) -> None:
    events = box.folder / "events.ndjson"
    events.write_text(
        '{"event":"Product Viewed","messageId":"v1","userId":"anna","properties":{"product_id":"drill"}}\n'
        '{"event":"Product Viewed","messageId":"v2","properties":{"product_id":"drill"}}\n'
    )
    came = box.ask("import", "activity", str(events), "--shop", shop)
    assert came["activities"] == 1
    assert came["rejected"] == {"invalid": 1}


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command of a group and of the groups in it, with how it is called."""
    yield path, group
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None, name
        if isinstance(found, click.Group):
            yield from commands(found, *path, name)
        else:
            yield (*path, name), found


def test_help_is_everywhere(box: Box) -> None:
    assert "Usage" in box.run("--help").stdout
    every = list(commands(rapport))
    assert len(every) > 40
    for path, command in every:
        told = CliRunner().invoke(rapport, [*path, "--help"])
        assert told.exit_code == 0, path
        assert "Usage" in told.output
        assert command.help, f"{path} does not say what it does"


def test_the_overview_says_of_each_command_what_the_command_says_of_itself() -> None:
    for name, (_, does) in COMMANDS.items():
        command = rapport.get_command(click.Context(rapport), name)
        assert command is not None
        assert command.get_short_help_str(100) == does


def test_no_process_is_left(box: Box, shop: str) -> None:
    assert processes_of(box.folder / "data") == []
