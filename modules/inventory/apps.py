"""Inventory as a Django app."""

from django.apps import AppConfig

from tearline.dotted_paths import named


class InventoryConfig(AppConfig):
    name = "modules.inventory"
    label = "inventory"

    def ready(self) -> None:
        """Raises ImproperlyConfigured when nothing is there to choose locations."""
        named(setting="INVENTORY_ALLOCATION")
