"""A text as recognizers see it."""
