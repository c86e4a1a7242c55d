"""Notifications tells people what happened to an order: the customer, and the shop's staff.

It owns what is to be told, by which letter, and whether it went out. It keeps no address and no letter: the order knows
who its customer is, and is asked when the letter is written. It never decides anything: no letter that fails to go out
touches an order.
"""
