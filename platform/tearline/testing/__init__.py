"""What tests of modules need: real databases in a known state (`plugin`)."""
