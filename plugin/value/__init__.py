"""What shoppers are worth: learned from the shop's log now and then, worked out for one shopper at once."""
