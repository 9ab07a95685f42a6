"""How things come in: kept, delivered, fetched, imported, or put aside when they cannot be used."""
