"""PostgreSQL through psycopg: connections, transactions, errors, and numbered parameters."""
