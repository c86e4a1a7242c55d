"""Where the gateway leads requests, and what it needs for that. Without it nobody serves here."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tearline.gateway._routing import modules_elsewhere, url_of
from tearline.resilience import needs_policy
from tearline.snapshots import NoSnapshot


def need_policies() -> None:
    """For every module that another process hosts, and for every shift."""
    topology = settings.TEARLINE_TOPOLOGY
    if topology.is_gateway:
        elsewhere = (module for module in topology.modules if module not in topology.hosted)
        for name in (*elsewhere, *(shift.name for shift in topology.shifts)):
            needs_policy(f"gateway.{name}", asked_by="the gateway")


def refuse_out_of_reach() -> None:
    """Raises ImproperlyConfigured when the gateway could not tell what modules serve, or reach whoever hosts them."""
    topology = settings.TEARLINE_TOPOLOGY
    if not topology.is_gateway:
        return
    try:
        for module, host in modules_elsewhere(topology):
            url_of(host, module)
    except NoSnapshot as error:
        raise ImproperlyConfigured(str(error)) from error
