"""What goes with what, and who is worth what: arrays in, suggestions out."""
