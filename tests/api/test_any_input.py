"""Any input is answered (S20): the description's every operation, with inputs that fit it and that do not."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
EXAMPLES = settings(
    max_examples=7,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described(shop: Any) -> Any:
    """The published description, as any client would load it."""
    for name in ("drill", "bits"):
        shop.product(name)
    shop.send(shop.buys("ann", "drill", "bits"))
    config = schemathesis.Config()
    config.projects.default.generation.modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    document = shop.call("GET", "/v1/openapi.json", key=None).json()
    loaded = schemathesis.openapi.from_dict(document, config=config)
    loaded.config.update(base_url=shop.service.url)
    return loaded


@pytest.mark.parametrize("key", ["secret", "publishable"])
def test_any_input_is_answered(shop: Any, described: Any, key: str) -> None:
    session, tried = requests.Session(), []
    headers = {"Authorization": f"Bearer {shop.keys[key]}"}

    @EXAMPLES
    def answered(case: Any) -> None:
        tried.append(case)
        case.call_and_validate(session=session, headers=headers, checks=CHECKS)

    for found in described.get_all_operations():
        operation = found.ok()
        fitting, unfitting = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)
        given(case=fitting | unfitting)(answered)()
    assert len(tried) > 200
