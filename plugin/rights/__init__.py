"""What shoppers decide about themselves: consent, export, erasure, retention, and what keeps them obeyed."""
