"""How the parts are weighed against each other: terms, lessons from a held-out time, and their weights."""
