"""The bare four-step order workflow: create the order, reserve its stock, charge it, confirm it.

The same five statements for every contestant: INSERT order, INSERT reservation and UPDATE stock (1,000 SKUs), INSERT
charge, UPDATE order.
"""
