"""What a practice does with what it keeps: erase, purge, hold, rotate keys."""
