"""Inventory knows how many of each SKU lie on the shelf, and sets them aside for orders.

It owns stock levels, reservations and the ledger of every movement. It never knows prices, never takes money, and never
decides whether an order goes on: it says what it can set aside, and lets go of it when told to.
"""
