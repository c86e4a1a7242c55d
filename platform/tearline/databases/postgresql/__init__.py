"""PostgreSQL with a small pool for each database: see `base`."""
