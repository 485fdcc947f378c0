"""A clinic's Django project."""
