"""A simulated shop as a connector: documents as an outside shop would send them, with planted truths.

It imports nothing else of this project: whatever a model finds in it, it found in the documents.
"""

from plugin.connectors.simulated.world import SHOP_NAME, World, simulate

__all__ = ["SHOP_NAME", "World", "simulate"]
