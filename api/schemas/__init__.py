"""What the doors take: schemas that validate once, at the edge, and write the published description."""
