"""Which process hosts which module, as `topology.toml` says.

    [processes.shop]
    modules = ["catalog", "orders"]
    url = "http://shop:8000"

    [processes.till]
    modules = ["payments"]
    url = "http://till:8000"
    own_databases = ["platform", "payments"]

    [events]
    transport = "redis"

    [gateway]
    process = "shop"

| key | says | default |
|---|---|---|
| `modules` | what the process hosts; every module has one host | must be given |
| `url` | where the others reach it | nobody does |
| `own_databases` | which of its modules, and `platform`, have their data at `<NAME>_DATABASE_URL` | `DATABASE_URL` |
| `transport` | how events travel: `local` within one process, `redis` or `kafka` between several | `local` |
| `streams` | there, a stream or topic for each announcing `module`, or for each `type` of event | `module` |
| `process` | who lets the world in, and leads requests to whoever hosts the module | the first one |

All in one process is the usual topology. A file that cannot be used is refused at start, by its name and the line.
What the gateway leads elsewhere is in tables [[gateway.shift]]: see `_shifts`.
`manage.py topology` shows it, compares it with what runs, and renders what deploys it: see docs/topology.md.
"""

from tearline.topology._reading import RESERVED, load
from tearline.topology._shifts import METHODS
from tearline.topology._values import API, TRANSPORTS, Process, Shift, Topology, TopologyError

__all__ = ["API", "METHODS", "RESERVED", "TRANSPORTS", "Process", "Shift", "Topology", "TopologyError", "load"]
