"""Names: of patients and those around them, and of staff."""
