"""Ways of using what one has: the merchant's ideas, how they meet what a shopper owns, what came of them."""
