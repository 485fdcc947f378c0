"""Integrations that run this library from other programs, one file each."""
