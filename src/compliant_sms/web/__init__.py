"""Callbacks from providers, in the web framework of the host. Each needs the framework's extra."""
