"""Offer rules over the past: who would have been given them, judged by the one evaluation there is."""
