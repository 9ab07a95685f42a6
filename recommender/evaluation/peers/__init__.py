"""Other libraries' models, to be asked the same questions as ours; none of them serves anybody."""
