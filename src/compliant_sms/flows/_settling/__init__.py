"""What became of a text: told by a callback, asked of the provider, or said by a person."""
