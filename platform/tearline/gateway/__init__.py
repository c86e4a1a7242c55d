"""The one way in for the world: who asks, whose it is to answer, and one answer out of several modules'."""

from tearline.gateway._aggregation import Gathered, Part, gather

__all__ = ["Gathered", "Part", "gather"]
