"""Catalog knows what is for sale: products, their variants by SKU, and a price for each in each currency.

It never knows how many there are, and never what an order costs: orders ask for a quote and keep the answer.
"""
