"""Orders: what a customer wants, at which price, and how far it got. Owns the process that fulfils an order.

Never holds money, counts stock or sends anything itself: it asks the modules that do.
"""
