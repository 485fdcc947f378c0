"""A callback on its way in: verified, kept, read, acted on."""
