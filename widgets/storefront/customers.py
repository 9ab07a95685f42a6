"""The shop's demo accounts, read from shoppers.ndjson."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Customer:
    """One account that may be signed in to with a click."""

    user_id: str
    name: str
    email: str
    sketch: str

    @property
    def first_name(self) -> str:
        """How the shop greets."""
        return self.name.split()[0] if self.name.split() else self.name

    @property
    def initials(self) -> str:
        """Up to two letters for the round badge."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()


def read_customers(path: Path) -> dict[str, Customer]:
    """Return the demo accounts by their id; the shop's other customers have no password here."""
    customers: dict[str, Customer] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line) if line.strip() else {}
            if document.get("demo"):
                customer = Customer(
                    user_id=document["user_id"],
                    name=document.get("name") or document["user_id"],
                    email=document.get("email") or "",
                    sketch=document.get("sketch") or "",
                )
                customers[customer.user_id] = customer
    return customers
