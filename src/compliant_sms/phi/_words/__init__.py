"""What words can be: the packaged lists, and one mark for each."""
