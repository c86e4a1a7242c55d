"""Products and prices over REST: read them, offer them, withdraw them, and all of it as files."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from modules.catalog import prices, services, sheets
from modules.catalog.contracts import (
    Currency,
    ImportFile,
    ImportReport,
    NewPrice,
    NewProduct,
    OnSale,
    PricePeriod,
    Product,
    ProductId,
    ProductNotFound,
    SetPrice,
    Sku,
    SkuTaken,
    StaleProduct,
    Standing,
    VariantsAlike,
    Words,
)
from tearline.api import (
    Filter,
    IdempotencyKey,
    IfMatch,
    KeyedRequest,
    Page,
    PageAsked,
    Problem,
    answered,
    as_seen,
    expected,
    key_with,
    paged,
    pointed,
    tagged,
)
from tearline.contracts import Contract
from tearline.facades import perform

router = Router(tags=["catalog"])
prefixes = ("/products", "/variants")

CSV = {"text/csv": {"schema": {"type": "string"}}}
FILE = CSV | {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
"""The same either way: those who write clients from the description know of files as the latter."""


class ProductsAsked(PageAsked):
    """Which products."""

    currency: Annotated[Currency, Filter(None)] = Field(
        default="EUR", description="Only what has a price in this currency."
    )
    q: Annotated[Words, Filter(None)] = Field(
        default="",
        description="Only what holds each of these words, in full or in part: in its name, description, SKUs or"
        " attributes.",
    )


class MoneyAsked(BaseModel):
    """For which money."""

    model_config = ConfigDict(frozen=True)

    currency: Currency = Field(default="EUR", description="Only the variants that have a price in this currency.")


class PartAsked(BaseModel):
    """Which part of the catalog."""

    model_config = ConfigDict(frozen=True)

    after: Sku | None = Field(default=None, description="What comes after this SKU. Take it from the Link header.")


def _told(
    request: KeyedRequest, response: HttpResponse, key: str, operation: str, asked: Mapping[str, Contract]
) -> Any:
    """The answer of one of our commands."""
    outcome = perform("catalog", operation, asked, caller=request.auth.caller, key=key, join=False)
    return answered(outcome, response)


def _stands(
    request: KeyedRequest, response: HttpResponse, key: str, operation: str, named: OnSale, if_match: str | None
) -> Standing:
    """How it stands after a command, with the ETag of its product."""
    with as_seen(if_match, stale=StaleProduct, now=lambda: services.standing(named)):
        standing: Standing = _told(request, response, key, operation, {"named": named})
    tagged(standing, response)
    return standing


# Products


@router.get("/products", auth=key_with("catalog:read", customers=True), response=Page[Product])
def list_products(request: KeyedRequest, asked: Query[ProductsAsked]) -> Page[Product]:
    """What is for sale, newest first."""
    found = services.for_sale(currency=asked.currency, words=asked.q)
    return paged(request, found, asked, show=lambda product: product.to_contract())


@router.post("/products", auth=key_with("catalog:write"), response=Product)
def offer_product(
    request: KeyedRequest, response: HttpResponse, product: NewProduct, idempotency_key: IdempotencyKey
) -> Any:
    """Put a product on sale or, if its SKUs are known, bring it up to date.

    What is left out stays as it is, and what is withdrawn from sale stays so: `put-back` undoes that.
    """
    taken = pointed(SkuTaken, at=lambda refusal: _places(product, "sku", refusal.sku))
    alike = pointed(VariantsAlike, at=lambda refusal: _places(product, "attributes", refusal.sku, refusal.other))
    with taken, alike:
        return _told(request, response, idempotency_key, "offer", {"product": product})


def _places(product: NewProduct, field: str, *skus: str) -> list[str]:
    """Of these SKUs, in an offer."""
    return [f"/variants/{n}/{field}" for n, variant in enumerate(product.variants) if variant.sku in skus]


@router.get("/products/export", auth=key_with("catalog:read"), openapi_extra={"responses": {200: {"content": CSV}}})
def export_products(request: KeyedRequest, asked: Query[PartAsked]) -> HttpResponse:
    """A part of the catalog as CSV in UTF-8, on sale or not. The Link header says where the next part is."""
    text, last = sheets.export(after=asked.after or "")
    headers = {"Content-Disposition": 'attachment; filename="catalog.csv"'}
    if last:
        headers["Link"] = f'<{request.path}?after={last}>; rel="next"'
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "/products/import",
    auth=key_with("catalog:write"),
    response=ImportReport,
    openapi_extra={"requestBody": {"content": FILE, "required": True}},
)
def import_products(request: KeyedRequest, response: HttpResponse, idempotency_key: IdempotencyKey) -> Any:
    """Enter a CSV file in UTF-8, such as an exported one. What came of each row; one that is refused stops no other."""
    file = ImportFile(text=_text(request))
    return _told(request, response, idempotency_key, "import_file", {"request": file})


def _text(request: HttpRequest) -> str:
    if request.content_type not in FILE:
        raise Problem(
            415,
            "unsupported_media_type",
            "Send the file itself, with Content-Type: text/csv or application/octet-stream.",
        )
    try:
        text = request.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = request.body.count(b"\n", 0, error.start) + 1
        raise Problem(400, "malformed", f"The file is not in UTF-8: line {line} is not.") from error
    if "\0" in text:
        raise Problem(400, "malformed", "The file holds the character NUL.")
    return text


@router.get("/products/{product_id}", auth=key_with("catalog:read", customers=True), response=Product)
def get_product(
    request: KeyedRequest, response: HttpResponse, product_id: ProductId, asked: Query[MoneyAsked]
) -> Product:
    """One product, for sale or not any more."""
    found = services.find(product_id, currency=asked.currency)
    if found is None:
        raise ProductNotFound(product_id=product_id)
    product = found.to_contract()
    tagged(product, response)
    return product


@router.post("/products/{product_id}/withdraw", auth=key_with("catalog:write"), response=Standing)
def withdraw_product(
    request: KeyedRequest,
    response: HttpResponse,
    product_id: ProductId,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Standing:
    """Take it off sale, with all its variants."""
    named = OnSale(product_id=product_id, expected_version=expected(if_match))
    return _stands(request, response, idempotency_key, "withdraw", named, if_match)


@router.post("/products/{product_id}/put-back", auth=key_with("catalog:write"), response=Standing)
def put_product_back(
    request: KeyedRequest,
    response: HttpResponse,
    product_id: ProductId,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Standing:
    """Have it on sale again, with those of its variants that were not withdrawn themselves."""
    named = OnSale(product_id=product_id, expected_version=expected(if_match))
    return _stands(request, response, idempotency_key, "put_back", named, if_match)


# Variants


@router.get("/variants/{sku}/prices", auth=key_with("catalog:read"), response=list[PricePeriod])
def list_prices(request: KeyedRequest, sku: Sku) -> list[PricePeriod]:
    """What it costs now and what is announced, by currency, then by time."""
    return [price.to_contract() for price in prices.of(sku)]


@router.post("/variants/{sku}/prices", auth=key_with("catalog:write"), response=list[PricePeriod])
def set_price(
    request: KeyedRequest, response: HttpResponse, sku: Sku, new: NewPrice, idempotency_key: IdempotencyKey
) -> Any:
    """Change its price now, or announce a price for later, for good or for a while."""
    wanted = SetPrice(sku=sku, **new.model_dump())
    return _told(request, response, idempotency_key, "set_price", {"request": wanted})


@router.post("/variants/{sku}/withdraw", auth=key_with("catalog:write"), response=Standing)
def withdraw_variant(
    request: KeyedRequest,
    response: HttpResponse,
    sku: Sku,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Standing:
    """Take it off sale."""
    named = OnSale(sku=sku, expected_version=expected(if_match))
    return _stands(request, response, idempotency_key, "withdraw", named, if_match)


@router.post("/variants/{sku}/put-back", auth=key_with("catalog:write"), response=Standing)
def put_variant_back(
    request: KeyedRequest,
    response: HttpResponse,
    sku: Sku,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Standing:
    """Have it on sale again, if its product is."""
    named = OnSale(sku=sku, expected_version=expected(if_match))
    return _stands(request, response, idempotency_key, "put_back", named, if_match)
