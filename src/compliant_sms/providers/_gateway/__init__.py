"""A gateway that is described as data: its requests, its callbacks, and their proof."""
