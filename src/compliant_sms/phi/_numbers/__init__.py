"""Numbers and codes: of telephones, accounts and records, and those of machines."""
