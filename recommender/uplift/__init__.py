"""Whether to offer at all: what an offer brings beyond what would have come anyway, and with whom."""
