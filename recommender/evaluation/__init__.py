"""How good a model is: cases from a time it has not seen, answers to them, and what those are worth."""
