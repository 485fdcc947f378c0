"""Days and ages of one person."""
