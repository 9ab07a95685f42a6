"""What products are used for together: learned from what is bought in one another's company."""

from recommender.contexts.identity import Former
from recommender.contexts.learned import Contexts, Entry

__all__ = ["Contexts", "Entry", "Former"]
