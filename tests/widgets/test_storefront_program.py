from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.widgets.conftest import SECRET, SIGNING
from tests.widgets.tiny_shop import write_shop
from widgets.storefront.settings import KEYS, read_settings

ENVIRONMENT = {
    "RAPPORT_SHOP_ID": "tiny",
    "RAPPORT_PUBLISHABLE_KEY": "pk_tiny",
    "RAPPORT_SECRET_KEY": SECRET,
    "RAPPORT_SIGNING_KID": "kid-1",
    "RAPPORT_SIGNING_KEY": SIGNING,
}


def test_it_opens_by_environment_and_closes_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "widgets.storefront", "--data", str(write_shop(tmp_path)), "--port", "0"]
    program = subprocess.Popen(
        command,
        env={**os.environ, **ENVIRONMENT},
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stderr is not None
        said = program.stderr.readline()
        with urllib.request.urlopen(said.split()[-1] + "/help", timeout=10) as answer:
            assert answer.status == 200
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0
        assert program.stderr.read() == ""
    finally:
        program.kill()
        program.wait()
        if program.stderr:
            program.stderr.close()


@pytest.mark.parametrize("variable", KEYS.values())
def test_a_missing_key_is_named(tmp_path: Path, variable: str, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name != variable}
    with pytest.raises(SystemExit):
        read_settings(["--data", str(write_shop(tmp_path))], environment)
    assert variable in capsys.readouterr().err


def test_a_folder_without_products_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_settings(["--data", str(tmp_path)], ENVIRONMENT)
    assert "products.ndjson" in capsys.readouterr().err
