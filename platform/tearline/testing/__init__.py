"""What tests of modules need: real databases in a known state (`plugin`), and durable work carried to its end."""

from tearline.testing._settling import settle

__all__ = ["settle"]
