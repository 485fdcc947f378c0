"""Dispatch from a team's own procrastinate workers (https://procrastinate.readthedocs.io)."""
