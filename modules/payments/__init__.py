"""Payments holds, takes and gives back the money for an order, through a provider.

It owns the attempts at paying, what the provider made of them, and a ledger of every amount that moved. It never
decides what is owed, never gives money back unless told to, and never guesses: while nobody knows whether money moved,
the payment says so.
"""
