from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.widgets.stub_service import StubService
from tests.widgets.tiny_shop import write_shop
from widgets.storefront.app import create_app
from widgets.storefront.settings import Settings
from widgets.storefront.shop import Shop, open_shop

SECRET = "sk_this_never_leaves_the_server"
SIGNING = "the-signing-key-of-the-tiny-shop-0123456789"


@pytest.fixture
def stub() -> Iterator[StubService]:
    service = StubService()
    yield service
    service.close()


@pytest.fixture
def settings(tmp_path: Path, stub: StubService) -> Settings:
    return Settings(
        data=write_shop(tmp_path),
        api=stub.url,
        shop="tiny",
        publishable_key="pk_tiny",
        secret_key=SECRET,
        signing_kid="kid-1",
        signing_key=SIGNING,
    )


@pytest.fixture
def shop(settings: Settings) -> Shop:
    return open_shop(settings)


@pytest.fixture
def app(shop: Shop) -> Flask:
    return create_app(shop)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def csrf_of(client: FlaskClient) -> str:
    """The session's form secret, once a page has been seen."""
    client.get("/login")
    with client.session_transaction() as session:
        return session["csrf"]
