"""SQLite for many threads that write: see `base`."""
