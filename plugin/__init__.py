"""The shop: its nouns, its memory, its promises."""
