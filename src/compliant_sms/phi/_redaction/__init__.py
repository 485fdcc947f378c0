"""Taking out what was found: for logs, exports and tickets, and from a text to a patient."""
