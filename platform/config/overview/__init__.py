"""All that is known of an order, asked of every module at once. Owns nothing."""
