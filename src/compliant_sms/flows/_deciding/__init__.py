"""Whether a text may go: all that is known of it, and the decision, inside one transaction."""
