"""What was offered before prices had times is sold as before, and can be found."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connections
from django.db.migrations.executor import MigrationExecutor

from modules.catalog.facade import catalog
from modules.catalog.models import Price
from tearline.databases.preparing import as_owner, prepare


@pytest.fixture
def earlier() -> Iterator[Any]:
    """The models before prices had times. Afterwards everything is as it was."""
    try:
        with as_owner("catalog") as connection:
            executor = MigrationExecutor(connection)
            executor.migrate([("catalog", "0001_initial")])
            yield executor.loader.project_state([("catalog", "0001_initial")]).apps
    finally:
        prepare("catalog")
        connections.close_all()


def test_what_was_on_sale_costs_what_it_did_and_is_found(earlier: Any) -> None:
    product = (
        earlier.get_model("catalog", "Product")
        .objects.using("catalog")
        .create(id="prd_01jdc3k5v8e1xszq4b7m2n9htw", name="Émail", description="Holds TEA.")
    )
    variant = product.variants.create(sku="MUG", name="Mug, blue")
    variant.prices.create(currency="EUR", amount=1450)
    variant.prices.create(currency="USD", amount=1590)

    prepare("catalog")

    [found] = catalog.search("émail tea blue mug")
    assert (found.variants[0].price.amount, found.attributes) == (1450, {})
    assert catalog.quote(["MUG"], currency="USD")[0].unit_price.amount == 1590
    with pytest.raises(IntegrityError):
        Price.objects.create(variant_id="MUG", currency="EUR", amount=1, valid_from=datetime.now(UTC))
