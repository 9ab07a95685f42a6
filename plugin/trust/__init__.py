"""Who teaches: which activities come from people, and how far one of them may steer what all are shown."""
