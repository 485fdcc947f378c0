"""Places smaller than a state."""
