"""Beside other people's programs: what runs this library from there, one file each."""
