"""A whole shop out of the store and back into an empty one."""
