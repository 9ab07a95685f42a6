"""Shop platforms and files turned into activities and products."""
