"""What a shopper will need, and when: by rhythm, by what the merchant declared, and what they drift from."""
