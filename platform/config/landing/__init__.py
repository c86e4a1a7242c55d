"""The page at /: what this is, where things are, and a demo order that one can watch."""
