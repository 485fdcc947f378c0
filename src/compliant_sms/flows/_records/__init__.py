"""What is on record of a person or a text, and the pack that proves it."""
