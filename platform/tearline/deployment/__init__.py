"""What deploys a topology, made from its file: `manage.py topology render compose` and `kubernetes`.

`templates` has what is filled in, `_deployed` says how a process is deployed, `_routes` where a Gateway leads requests.
"""

from tearline.deployment._rendering import Site, compose, kubernetes, usual_image
from tearline.deployment._routes import WHOLE, Backend, Route, routes_of

__all__ = ["WHOLE", "Backend", "Route", "Site", "compose", "kubernetes", "routes_of", "usual_image"]
