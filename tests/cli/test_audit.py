"""`rapport audit`: the record as a list, and whether it is whole."""

from __future__ import annotations

import json
from typing import Any


def test_the_record_is_listed_and_verified(service: Any) -> None:
    shop = service.shop_id
    entries = json.loads(service.rapport("audit", "list", "--shop", shop, "--json").stdout)
    assert (entries[-1]["did"], entries[-1]["who"]) == ("shop.opened", "command line")
    assert entries[-1]["at"].endswith("Z")
    verdict = json.loads(service.rapport("audit", "verify", "--shop", shop, "--json").stdout)
    assert verdict == {"whole": True, "entries": len(entries), "head": entries[0]["hash"], "fault": None}
    done = service.rapport("audit", "verify", "--shop", shop, "--head", "0" * 64, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "written anew" in done.stderr
