"""PostgreSQL through psycopg: connections, transactions, errors, the way from ``:name`` to ``$1``."""
