"""Drawn pictures of the simulated shop's products: one SVG each, nothing fetched, nothing that runs."""

from plugin.connectors.simulated.pictures.drawing import DRAWINGS, draw

__all__ = ["DRAWINGS", "draw"]
