"""Shipping gets what was confirmed to the customer's door.

It owns shipments, their lines, and what the carrier said of them: one shipment per confirmed order, with one label,
bought once. It never decides whether an order is sent, never touches stock or money, and keeps no address: the order
knows where it goes, and is asked when the label is bought.
"""
