"""A text on its way out: asked for, claimed, handed to the provider."""
