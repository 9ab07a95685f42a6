"""A demo shop that embeds the elements. A program of its own: it imports nothing of the service and holds
only what a shop's server holds: its own catalogue, customers and orders, and the keys it was given."""
