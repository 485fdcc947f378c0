"""Whom a text speaks to and of: everybody, or one person."""
