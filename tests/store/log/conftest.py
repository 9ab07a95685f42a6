"""Logs for tests: in a folder of this machine, and in a real object store that is reached by URL."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pyarrow.fs as pafs
import pytest

from plugin.store.log import Log, compaction
from plugin.store.log.places import place_of
from tests.conftest import free_port
from tests.store.servers import until


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """The URL of a new bucket in a server that speaks S3."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    before = {name: os.environ.get(name) for name in credentials}
    os.environ.update(credentials)
    try:
        until(lambda: _listens(port), "the object store does not answer")
        # Without the last option pyarrow uploads in parts always, and this server answers that wrongly.
        options = f"endpoint_override=127.0.0.1:{port}&scheme=http&region=us-east-1&allow_delayed_open=true"
        pafs.FileSystem.from_uri(f"s3://logs?{options}&allow_bucket_creation=true")[0].create_dir("logs")
        yield f"s3://logs/%s?{options}"
    finally:
        server.kill()
        server.wait()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def four_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few files are enough to show what is done with many."""
    monkeypatch.setattr(compaction, "MANY", 4)


PLACES = ["folder", pytest.param("by url", marks=pytest.mark.slow)]


@pytest.fixture(params=PLACES)
def log(request: pytest.FixtureRequest, tmp_path: Path, four_are_many: None) -> Log:
    """The log under contract: in a folder; in the long form of the suite each test runs by URL too."""
    return log_at(request, tmp_path)


@pytest.fixture(params=["folder", "by url"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path, four_are_many: None) -> Log:
    """The log under contract, on both kinds of places every day: for what a log is made for."""
    return log_at(request, tmp_path)


def log_at(request: pytest.FixtureRequest, tmp_path: Path) -> Log:
    """Return a new log in the place that is asked for."""
    url = None
    if request.param == "by url":
        url = request.getfixturevalue("bucket") % uuid.uuid4().hex[:8]
    return Log(place_of(url, tmp_path / "log", tmp_path / "scratch", "shop"))


@pytest.fixture
def local(tmp_path: Path, four_are_many: None) -> Log:
    """A log in a folder of this machine."""
    return Log(place_of(None, tmp_path / "log", tmp_path / "scratch", "shop"))
