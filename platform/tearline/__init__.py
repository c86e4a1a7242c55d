"""The technical platform under the shop: facades, events, sagas, databases, REST conventions.

It knows no module by name: the modules are named in topology.toml and put together in `config`.
"""
