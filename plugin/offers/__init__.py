"""Offers: conditions, benefits, and the one pure function that judges them for an occasion."""
