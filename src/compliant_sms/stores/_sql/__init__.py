"""Everything that is read and written, as SQL: one file a topic. Knows no driver."""
