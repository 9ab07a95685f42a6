"""Every promise of the store, on the embedded server and on a six-node cluster of the same binary."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.settings import Settings
from plugin.store.memory import ShopMemory, Store, open_store
from tests.store.servers import OutsideServer, six_nodes


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[OutsideServer]]:
    """Six nodes, three of them primaries."""
    with six_nodes(tmp_path_factory.mktemp("cluster")) as nodes:
        yield nodes


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The server a shop starts with."""
    held = open_store(Settings(data=tmp_path_factory.mktemp("embedded"), shards=8))
    yield held
    held.close()


@pytest.fixture(scope="session")
def clustered(cluster: list[OutsideServer], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The same store on the cluster."""
    data: Path = tmp_path_factory.mktemp("clustered")
    held = open_store(Settings(data=data, redis_url=cluster[0].url, shards=8))
    yield held
    held.close()


@pytest.fixture(params=["embedded", "clustered"])
def kept(request: pytest.FixtureRequest) -> Store:
    """The store under contract: each test runs on both kinds."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def shop(kept: Store) -> ShopMemory:
    """A new shop of the store under contract."""
    return kept.add_shop(f"shop-{uuid.uuid4().hex[:8]}")
