"""The doctor: what is wrong with a shop's data and set-up, and the one line that puts it right."""

from plugin.doctor.examination import CHECKS, examine
from plugin.doctor.finding import Check, Finding

__all__ = ["CHECKS", "Check", "Finding", "examine"]
