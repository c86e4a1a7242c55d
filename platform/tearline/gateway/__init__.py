"""The one address of the API, wherever its modules are.

Whoever is the gateway, as the topology says, answers what it hosts, and leads all else below /api/v1 to whoever hosts
it. It knows who asks by an API key, and tells the other process so by a token that it has signed (`tearline.api`). Of
what outsiders send it passes on what is on a list, and of what is answered likewise: see `_headers`.

    routing      the first [[gateway.shift]] that takes the request; else the host of the module with this prefix
    forwarding   by the policy `gateway.<module>` or `gateway.<shift>`: see `tearline.resilience`
    aggregation  one answer out of several modules': `gather`
    description  of all modules, from what they promise (`tearline.snapshots`): the same in every topology

What modules serve is known from their snapshots. A module that has left may have taken its code along.
"""

from tearline.gateway._aggregation import Gathered, Part, gather
from tearline.gateway._description import WholeApi
from tearline.gateway._middleware import GatewayMiddleware

__all__ = ["GatewayMiddleware", "Gathered", "Part", "WholeApi", "gather"]
