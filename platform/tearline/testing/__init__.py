"""What tests need: real databases in a known state (`plugin`), durable work carried to its end, specimens to carry."""

from tearline.testing._observing import Observed, observing
from tearline.testing._serving import calling_at
from tearline.testing._settling import settle
from tearline.testing._standing_in import hosting, own_declarations, written_in

__all__ = ["Observed", "calling_at", "hosting", "observing", "own_declarations", "settle", "written_in"]
