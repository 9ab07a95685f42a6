"""The honest price: what a product cost in the shop window over time, and what may be said of a reduction."""
