"""Notifications tells people what happened to an order, the customer and the shop's staff, and programs by webhook.

It owns what is to be told, by which letter, and what became of it; who wants no letters; and who is told by webhooks.
It keeps no address and no letter: the order knows who its customer is, and is asked when the letter is written. It
never decides anything: no letter that fails to go out touches an order.
"""
