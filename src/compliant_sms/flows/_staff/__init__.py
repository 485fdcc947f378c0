"""What staff look at and do: threads, open items, calls, secure pages, texts without an outcome."""
