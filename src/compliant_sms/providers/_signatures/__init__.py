"""How providers sign their callbacks, and how requests to them are signed."""
