"""A shopper: what is remembered (`profile`), how activities change it (`fold`), and several as one."""

from plugin.shopper.combined import combined
from plugin.shopper.fold import fold
from plugin.shopper.profile import Order, Past, Profile

__all__ = ["Order", "Past", "Profile", "combined", "fold"]
