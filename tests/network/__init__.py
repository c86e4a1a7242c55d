"""A network that fails, or says things twice, at the moment that a test has chosen."""
