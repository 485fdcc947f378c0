"""The consent ledger: written, brought in and taken out, compared, and proven."""
