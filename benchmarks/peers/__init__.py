"""Others that carry the bare workflow out, each as its own documentation says to for the same promise."""
