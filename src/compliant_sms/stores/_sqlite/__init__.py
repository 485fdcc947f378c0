"""SQLite: how its files are opened, what its errors mean, and what a fork asks of them."""
