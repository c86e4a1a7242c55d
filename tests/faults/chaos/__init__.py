"""Chaos: a whole deployment in real processes, customers who order, and a plan by which everything dies in turn."""
