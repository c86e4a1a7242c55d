"""The Python client as it is written from the description, in front of the shop."""

from collections.abc import Iterator
from io import BytesIO

import httpx
import pytest
from django.core.wsgi import get_wsgi_application
from tearline_client import AuthenticatedClient
from tearline_client.api.catalog import catalog_export_products, catalog_import_products
from tearline_client.models import ImportReport
from tearline_client.types import File

from tearline.api.keys import issue
from tests.journeys import goods


@pytest.fixture
def client(db: None) -> Iterator[AuthenticatedClient]:
    _, token = issue(name="client", scopes=["catalog:read", "catalog:write"])
    transport = httpx.WSGITransport(app=get_wsgi_application())
    with AuthenticatedClient(base_url="http://testserver", token=token, httpx_args={"transport": transport}) as client:
        yield client


def test_a_file_of_products_comes_in_as_it_went_out(client: AuthenticatedClient) -> None:
    goods.fill_the_shelf()
    exported = catalog_export_products.sync(client=client)
    assert isinstance(exported, str)
    file = File(payload=BytesIO(exported.replace(",4900,", ",4500,").encode()))
    report = catalog_import_products.sync(client=client, body=file, idempotency_key="spring")
    assert isinstance(report, ImportReport)
    assert (report.updated, report.unchanged, report.refused) == (1, 1, 0)
    assert ",EUR,4500," in str(catalog_export_products.sync(client=client))
