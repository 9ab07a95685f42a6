"""Offers redeemed: reserved, committed, given back; their limits hold whatever happens in between."""
