"""A shopper: what is remembered (`profile`), and how activities change it (`fold`)."""

from plugin.shopper.fold import fold
from plugin.shopper.profile import Order, Past, Profile

__all__ = ["Order", "Past", "Profile", "fold"]
