"""Gifts for the next visit: earned at one checkout, waiting for the shopper, used once."""
