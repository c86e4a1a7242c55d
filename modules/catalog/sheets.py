"""The catalog as a CSV file: a row for each variant's price in a currency and period, with what is said of the product.

RFC 4180 in UTF-8, with the header COLUMNS. What is exported is imported to the same. A spreadsheet takes a cell that
begins like a formula for one, so such a cell is exported behind an apostrophe, which importing takes away.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Prefetch
from pydantic import Field, Json, ValidationError, model_validator

from modules.catalog import prices, services
from modules.catalog.contracts import (
    MOST_ROWS,
    Attributes,
    Currency,
    FileNotUnderstood,
    ImportedRow,
    ImportReport,
    Name,
    ProductId,
    RowInvalid,
    RowRefused,
    Sku,
    SkuTaken,
    Text,
)
from modules.catalog.models import Price, Product, Turn, Variant
from tearline.contracts import Contract, Moment, Money, Refusal

COLUMNS = (
    "product_id",
    "product_name",
    "description",
    "product_active",
    "product_attributes",
    "sku",
    "variant_name",
    "variant_active",
    "variant_attributes",
    "currency",
    "amount",
    "valid_from",
    "valid_until",
)
REQUIRED = ("sku", "product_name", "variant_name")

LARGEST_PART = 200_000
"""Characters after which a part of the catalog ends: a file of that length can be imported."""

_FORMULA = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
"""How one begins, in full width too."""

_LIKE_A_FORMULA = re.compile(f"'*{_FORMULA}")
_KEPT_FROM_BEING_ONE = re.compile(f"'+{_FORMULA}")


class Row(Contract):
    """What a row says. Null, which is an empty cell or no such column: nothing, so that it stays as it is."""

    sku: Sku
    product_id: ProductId | None = None
    product_name: Name
    description: Text | None = None
    product_active: bool | None = None
    product_attributes: Json[Attributes] | None = None
    variant_name: Name
    variant_active: bool | None = None
    variant_attributes: Json[Attributes] | None = None
    currency: Currency | None = None
    amount: int | None = Field(default=None, ge=0, le=10**15)
    valid_from: Moment | None = None
    valid_until: Moment | None = None

    @model_validator(mode="after")
    def _prices_are_whole(self) -> "Row":
        if (self.currency is None) != (self.amount is None):
            raise ValueError("a price has a currency and an amount")
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("a price ends after it begins")
        return self


# In


def import_file(text: str) -> ImportReport:
    """Row by row: what one row is refused for changes nothing about the others. Raises FileNotUnderstood."""
    lines = list(_lines(text))
    if len(lines) > MOST_ROWS:
        raise FileNotUnderstood(line=lines[MOST_ROWS][0], reason=f"a file has {MOST_ROWS} rows at most")
    reading = _Reading(now=Turn.take())
    rows = [reading.take(line, cells) for line, cells in lines]
    for product in Product.objects.filter(pk__in=reading.changed):
        product.index()
        product.count_up()
    outcomes = Counter(row.outcome for row in rows)
    return ImportReport(
        created=outcomes["created"],
        updated=outcomes["updated"],
        unchanged=outcomes["unchanged"],
        refused=outcomes["refused"],
        rows=rows,
    )


@dataclass
class _Reading:
    """A file that is being imported: which products it has changed, and which it has named so far, by id."""

    now: datetime
    changed: set[str] = field(default_factory=set)
    named: dict[str, str] = field(default_factory=dict)

    def take(self, line: int, cells: Mapping[str, str] | str) -> ImportedRow:
        """`cells`: by column, or why they cannot be told apart."""
        sku = "" if isinstance(cells, str) else cells["sku"][:64]
        try:
            with transaction.atomic(using="catalog"):
                outcome = self._enter(_row(cells))
        except Refusal as refusal:
            told = RowRefused(code=refusal.code, detail=refusal.detail)
            return ImportedRow(line=line, sku=sku, outcome="refused", refused=told)
        return ImportedRow(line=line, sku=sku, outcome=outcome)

    def _enter(self, row: Row) -> Literal["created", "updated", "unchanged"]:
        """Raises SkuTaken, VariantsAlike, PriceIsOver."""
        known = Variant.objects.select_related("product").filter(pk=row.sku).first()
        product = self._product(row, known)
        changed = services.bring_up_to_date(
            product,
            name=row.product_name,
            description=row.description,
            active=row.product_active,
            attributes=row.product_attributes,
        )
        variant = known or Variant(sku=row.sku, product=product)
        if row.variant_attributes not in (None, variant.attributes):
            services.tell_apart(product, {row.sku: row.variant_attributes})
        changed |= services.bring_up_to_date(
            variant, name=row.variant_name, active=row.variant_active, attributes=row.variant_attributes
        )
        changed |= self._price(row)
        self.named[row.product_name] = product.id
        if changed:
            self.changed.add(product.id)
        return "created" if known is None else "updated" if changed else "unchanged"

    def _product(self, row: Row, known: Variant | None) -> Product:
        """The SKU's own; or the one of that id; or the one that an earlier row has named so; or a new one."""
        if known is None:
            wanted = row.product_id or self.named.get(row.product_name) or ProductId.new()
            return Product.objects.filter(pk=wanted).first() or Product(id=ProductId(wanted))
        if row.product_id not in (None, known.product_id):
            raise SkuTaken(sku=row.sku)
        return known.product

    def _price(self, row: Row) -> bool:
        if row.currency is None or row.amount is None:
            return False
        money = Money(amount=row.amount, currency=row.currency)
        return prices.put(row.sku, money, since=row.valid_from, until=row.valid_until, now=self.now)


def _lines(text: str) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    """Each row with the line in which it begins: its cells by column, or what is wrong. Raises FileNotUnderstood."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _refuse_header(header)
        begins = reader.line_num + 1
        for row in reader:
            if row:
                yield begins, _by_column(header, row)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FileNotUnderstood(line=reader.line_num, reason=str(error)) from error


def _by_column(header: Sequence[str], row: Sequence[str]) -> Mapping[str, str] | str:
    if len(row) != len(header):
        return f"the row has {len(row)} cells, and the header {len(header)}"
    return dict(zip(header, map(_unguarded, row), strict=True))


def _refuse_header(header: Sequence[str]) -> None:
    """Raises FileNotUnderstood."""
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in header]
    twice = [name for name, times in Counter(header).items() if times > 1]
    if unknown:
        reason = f"there is no column {unknown[0][:64]!r}; those known are {', '.join(COLUMNS)}, separated by commas"
    elif missing:
        reason = f"the column {missing[0]} is missing"
    elif twice:
        reason = f"the column {twice[0]} occurs twice"
    else:
        return
    raise FileNotUnderstood(line=1, reason=reason)


def _row(cells: Mapping[str, str] | str) -> Row:
    """Raises RowInvalid."""
    if isinstance(cells, str):
        raise RowInvalid(reason=cells)
    try:
        return Row.model_validate({name: cell for name, cell in cells.items() if cell})
    except ValidationError as error:
        flaw = error.errors(include_url=False, include_context=False, include_input=False)[0]
        said = flaw["msg"].removeprefix("Value error, ")
        raise RowInvalid(reason=f"{flaw['loc'][0]}: {said}" if flaw["loc"] else said) from None


# Out


def export(*, after: str = "") -> tuple[str, str]:
    """A part of the catalog in the order of SKUs: those after this one. And where the next part begins, or nothing.

    With all prices that are valid now or announced for later.
    """
    to_come = Price.objects.to_come().order_by("currency", "valid_from")
    found = Variant.objects.filter(sku__gt=after).order_by("sku").select_related("product")
    variants = list(found.prefetch_related(Prefetch("prices", to_come))[: MOST_ROWS + 1])
    part = io.StringIO()
    writer = csv.writer(part)
    writer.writerow(COLUMNS)
    written, last = 0, ""
    for variant in variants:
        rows = list(_rows_of(variant))
        if last and (written + len(rows) > MOST_ROWS or part.tell() > LARGEST_PART):
            return part.getvalue(), last
        writer.writerows(rows)
        written, last = written + len(rows), variant.sku
    return part.getvalue(), ""


def _rows_of(variant: Variant) -> Iterator[list[str]]:
    product = variant.product
    facts = [
        product.id,
        _guarded(product.name),
        _guarded(product.description),
        _flag(product.active),
        _attributes(product.attributes),
        variant.sku,
        _guarded(variant.name),
        _flag(variant.active),
        _attributes(variant.attributes),
    ]
    periods = [
        [price.currency, str(price.amount), _time(price.valid_from), _time(price.valid_until)]
        for price in variant.prices.all()
    ]
    for period in periods or [["", "", "", ""]]:
        yield facts + period


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _attributes(value: Mapping[str, str]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _time(value: datetime | None) -> str:
    return value.isoformat().replace("+00:00", "Z") if value else ""


def _guarded(cell: str) -> str:
    return f"'{cell}" if _LIKE_A_FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if _KEPT_FROM_BEING_ONE.match(cell) else cell
