"""The merchant's console, served by the same service."""
