"""What is decided about a shelf after the model has proposed: who may stand on it, and in which order."""
