"""What the shopper sees: elements for the browser, and a demo shop that embeds them."""
