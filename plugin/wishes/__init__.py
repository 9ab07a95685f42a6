"""What shoppers say of themselves, what it may name, and how they are asked."""
