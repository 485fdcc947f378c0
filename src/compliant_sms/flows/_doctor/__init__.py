"""Checking the whole setup."""
