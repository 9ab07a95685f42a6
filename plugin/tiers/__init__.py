"""Where a shopper stands in the shop: the ladder, the shop's standing, and one shopper's place."""
