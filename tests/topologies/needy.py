"""The settings of a process that has to ask another one in order to start: what no module may need, planted."""

from django.apps import AppConfig

from config.settings import *  # noqa: F403 - all of them
from config.settings import INSTALLED_APPS as USUAL


class Needy(AppConfig):
    name = "tests.topologies"
    label = "needy"

    def ready(self) -> None:
        from modules.orders.contracts import OrderId
        from modules.payments.facade import payments
        from tearline.facades import acting_as

        with acting_as("orders"):
            payments.payment_of(OrderId.new())


INSTALLED_APPS = [*USUAL, f"{__name__}.Needy"]
