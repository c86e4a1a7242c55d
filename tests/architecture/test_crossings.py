"""Every way in which one Django module reaches another past the doors is seen, by name; and none is in use here.

The ways are those that a study of Django projects has counted, of which import-linter sees three. Each is taken once,
in a copy of the repository; what cannot be seen in the code is in test_crossings_at_run_time.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tearline.boundaries._finding import WAYS_OUT

ROOT = Path(__file__).parents[2]
PAYMENTS = "payments"
ANY = "any"


@dataclass(frozen=True)
class Way:
    """`code` is put at the end of a module's file, and reaches `owner` in its last line but `below`."""

    path: str
    channel: str
    code: str
    what: str
    owner: str = PAYMENTS
    below: int = 0

    @property
    def module(self) -> str:
        return self.path.split("/")[1]


ORDERS = "modules/orders/services.py"
MODELS = "modules/orders/models.py"

TWICE = Way(
    ORDERS,
    "get_model",
    'def two(apps):\n    return apps.get_model("payments.Payment"), apps.get_model("payments.Payment")',
    "'payments.Payment'",
)

WAYS = [
    TWICE,
    Way(
        ORDERS,
        "import",
        "def paid():\n    from modules.payments.models import Payment",
        "from modules.payments.models import Payment",
    ),
    Way(ORDERS, "import", "def late():\n    import modules.payments.services", "import modules.payments.services"),
    Way(
        ORDERS,
        "import",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from modules.payments import models",
        "from modules.payments import models",
    ),
    Way(
        "modules/catalog/services.py",
        "import",
        "def paid():\n    from modules.payments.facade import payments",
        "payments.facade",
    ),
    Way(
        MODELS,
        "foreign key",
        'class ByText(models.Model):\n    paid = models.ForeignKey("payments.Payment", models.CASCADE)',
        "ByText.paid to payments.Payment",
    ),
    Way(
        MODELS,
        "foreign key",
        'class ByName(models.Model):\n    paid = models.ForeignKey(to="payments.Payment", on_delete=models.CASCADE)',
        "ByName.paid to payments.Payment",
    ),
    Way(
        MODELS,
        "foreign key",
        "from django.conf import settings\n"
        "class Swapped(models.Model):\n    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)",
        "Swapped.by to auth.User",
        "auth",
    ),
    Way(
        MODELS,
        "one to one",
        'class One(models.Model):\n    paid = models.OneToOneField("payments.Payment", models.CASCADE)',
        "One.paid to payments.Payment",
    ),
    Way(
        MODELS,
        "many to many",
        'class Many(models.Model):\n    paid = models.ManyToManyField("payments.Payment")',
        "Many.paid to payments.Payment",
    ),
    Way(
        "modules/payments/models.py",
        "foreign key",
        'class Note(models.Model):\n    order = models.ForeignKey("orders.Order", models.CASCADE)',
        "Note.order to orders.Order",
        "orders",
    ),
    Way(ORDERS, "reverse accessor", "def notes(order):\n    return order.note_set.all()", "order.note_set"),
    Way(
        "modules/shipping/models.py",
        "get_model",
        "from django.apps import apps\nTheirs = apps.all_models['payments']['payment']",
        "apps.all_models['payments']",
    ),
    Way(
        "modules/shipping/models.py",
        "inheritance",
        "class Ours(Theirs):\n    class Meta:\n        proxy = True",
        "Ours(Payment)",
        below=2,
    ),
    Way(
        MODELS,
        "app label",
        'class Stray(models.Model):\n    class Meta:\n        app_label = "payments"',
        "Stray is labelled payments",
        below=2,
    ),
    Way(
        "modules/shipping/models.py",
        "table",
        'class Mirror(models.Model):\n    class Meta:\n        managed = False\n        db_table = "payments_payment"',
        "Mirror keeps its rows in payments_payment",
        below=3,
    ),
    Way(
        MODELS,
        "table",
        "class Quoted(models.Model):\n"
        '    class Meta:\n        managed = False\n        db_table = \'"payments"."payments_refund"\'',
        "Quoted keeps its rows in payments_refund",
        below=3,
    ),
    Way(
        ORDERS,
        "get_model",
        'from django.apps import apps\ndef paid():\n    return apps.get_model("payments.Payment")',
        "'payments.Payment'",
    ),
    Way(ORDERS, "get_model", "def ours(name):\n    return apps.get_model(name)", "apps.get_model(name)", ANY),
    Way(
        ORDERS,
        "dynamic import",
        'import importlib\ndef loaded():\n    importlib.import_module("modules.payments.services")',
        "import_module('modules.payments.services')",
    ),
    Way(
        ORDERS,
        "dynamic import",
        "from django.utils.module_loading import import_string\n"
        'def named():\n    import_string("modules.payments.services.authorize")',
        "import_string('modules.payments.services.authorize')",
    ),
    Way(ORDERS, "dotted string", 'HOOK = "modules.payments.services.authorize"', "modules.payments.services.authorize"),
    Way(ORDERS, "model label", 'LABELS = ["payments.Payment"]', "'payments.Payment'"),
    Way(
        ORDERS,
        "sql",
        "def paid(cursor):\n    cursor.execute('SELECT state FROM payments.payments_payment WHERE order_id = %s')",
        "a statement on payments_payment",
    ),
    Way(
        ORDERS,
        "sql",
        'def forget(cursor, days):\n    cursor.execute(f"DELETE FROM payments_refund WHERE age > {days}")',
        "a statement on payments_refund",
    ),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "from django.db.models.signals import post_save\n"
        "def paid(**_):\n    pass\npost_save.connect(paid, sender='payments.Payment')",
        "paid receives post_save",
        below=2,
    ),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "from django.db.models.signals import pre_delete\nfrom django.dispatch import receiver\n"
        "@receiver(pre_delete)\ndef anything(**_):\n    pass",
        "anything receives pre_delete",
        ANY,
        below=2,
    ),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "from django.db.models.signals import post_save\n"
        "class Hears:\n    def __call__(self, **_):\n        pass\n"
        "hears = Hears()\npost_save.connect(hears, sender='payments.Payment')",
        "Hears receives post_save",
        below=4,
    ),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "import functools\nfrom django.db.models.signals import post_save\ndef half(one, **_):\n    pass\n"
        "post_save.connect(functools.partial(half, 1), sender='payments.Payment', weak=False)",
        "half receives post_save",
        below=2,
    ),
    Way(
        "modules/orders/services.py",
        "signal",
        "from django.db.models.signals import class_prepared\ndef every(**_):\n    pass\nclass_prepared.connect(every)",
        "every receives class_prepared",
        ANY,
        below=2,
    ),
    Way(
        "modules/shipping/handlers.py",
        "event",
        "from tearline.events._events import topics\n"
        "@on(topics['payments.payment_captured.v1'])\ndef hear_of_money(_event):\n    pass",
        "shipping.hear_of_money hears payments.payment_captured.v1",
        below=2,
    ),
    Way(
        "modules/shipping/handlers.py",
        "event",
        "from tearline.projections import Projection\n"
        "paid = Projection('shipping.paid', tables=[], events=[topics['payments.payment_failed.v1']])\n"
        "paid.fold(paid.check(hear_of_money))",
        "shipping.paid.payment_failed hears payments.payment_failed.v1",
        below=1,
    ),
    Way(
        ORDERS,
        "join",
        'def unpaid(rows):\n    return rows.filter(paid__state="failed")',
        "rows.filter(paid__state='failed')",
    ),
    Way(
        ORDERS,
        "join",
        'def with_notes(rows):\n    return rows.prefetch_related("note_set").values("note__id")',
        "values('note__id')",
    ),
    Way(
        ORDERS,
        "celery name",
        'def send(app):\n    app.send_task("modules.payments.tasks.x")',
        "modules.payments.tasks.x",
    ),
    Way(ORDERS, "setting", "from django.conf import settings\nsettings.PAYMENT_PROVIDER", "settings.PAYMENT_PROVIDER"),
    Way(ORDERS, "setting", 'getattr(settings, "INSTALLED_APPS")', "settings.INSTALLED_APPS"),
    Way(
        ORDERS,
        "url name",
        'from django.urls import reverse\ndef link():\n    return reverse("api-v1:get_payment")',
        "reverse('api-v1:get_payment')",
    ),
    Way(
        ORDERS,
        "content type",
        "def kind(types):\n    return types.get_by_natural_key('payments', 'payment')",
        "types.get_by_natural_key('payments', 'payment')",
    ),
    Way(
        ORDERS,
        "content type",
        "def kind_of(thing):\n    from django.contrib.contenttypes.models import ContentType\n"
        "    return ContentType.objects.get_for_model(thing)",
        "ContentType.objects.get_for_model(thing)",
        ANY,
    ),
    Way(
        ORDERS,
        "related model",
        'def theirs(row):\n    return row._meta.get_field("paid").related_model',
        ".related_model",
    ),
    Way(
        "modules/payments/facade.py",
        "shape",
        "def row_of(payment_id):\n    from modules.payments.models import Payment",
        "import of modules.payments.models",
    ),
    Way("modules/payments/facade.py", "shape", "from .models import Payment", "import of modules.payments.models"),
    Way("modules/payments/contracts.py", "shape", "from . import models", "import of modules.payments.models"),
    Way(
        "modules/payments/facade.py",
        "shape",
        "from typing import Any\nclass Loose:\n    def find(self, key: str) -> list[Any]: ...",
        "Loose.find has no type for return",
    ),
    Way(
        "modules/payments/facade.py",
        "shape",
        'class Unknown:\n    def find(self, *, key: str) -> "Nobody": ...',
        "Unknown.find has no type for key, return",
    ),
    Way(
        "modules/payments/facade.py",
        "shape",
        "class Looser:\n    def put(self, row: object, *, key: str) -> None: ...",
        "Looser.put has no type for row",
    ),
    Way(
        "modules/orders/management/commands/steal.py",
        "no package",
        "from modules.payments.models import Payment",
        "steal.py is in no package",
        ANY,
    ),
    Way(
        "modules/payments/contracts.py", "shape", "from django.db.models import QuerySet", "import of django.db.models"
    ),
    Way(
        ORDERS,
        "get_model",
        'def reached(app, m):\n    apps.get_app_config("payments").get_model("Payment")',
        "get_app_config('payments')",
    ),
    Way(
        ORDERS,
        "get_model",
        'def reached(app, m):\n    apps.get_app_config("payments").get_models()',
        "get_app_config('payments')",
    ),
    Way(
        ORDERS,
        "get_model",
        'def reached(app, m):\n    apps.get_registered_model("payments", "Payment")',
        "get_registered_model('payments'",
    ),
    Way(ORDERS, "get_model", "def reached(app, m):\n    gm = apps.get_model", "apps.get_model", ANY),
    Way(
        ORDERS,
        "dynamic import",
        'def reached(app, m):\n    importlib.import_module("..payments.services", __package__)',
        "'..payments.services'",
    ),
    Way(
        ORDERS,
        "dynamic import",
        'def reached(app, m):\n    importlib.import_module(".payments.services", "modules")',
        "'.payments.services'",
    ),
    Way(
        ORDERS,
        "dynamic import",
        'def reached(app, m):\n    pkgutil.resolve_name("modules.payments.services:authorize")',
        "services:authorize",
    ),
    Way(
        ORDERS,
        "dynamic import",
        'def reached(app, m):\n    importlib.import_module(f"modules.{m}.services")',
        "{m}",
        ANY,
    ),
    Way(ORDERS, "dynamic import", "def reached(app, m):\n    importlib.import_module(m)", "import_module(m)", ANY),
    Way(ORDERS, "url name", 'def reached(app, m):\n    reverse(viewname="api-v1:get_payment", args=[1])', "viewname"),
    Way(ORDERS, "celery name", 'def reached(app, m):\n    app.send_task(name="modules.payments.tasks.x")', "name="),
    Way(ORDERS, "celery name", 'def reached(app, m):\n    app.signature(task="modules.payments.tasks.x")', "task="),
    Way("modules/orders/templates/orders/mine.html", "template library", "{% load pay_tags %}", "{% load pay_tags %}"),
    Way(
        "modules/orders/templates/orders/mine.html",
        "template",
        "{% include 'notifications/de/confirmation.txt' %}",
        "confirmation.txt",
        "notifications",
    ),
    Way(
        "modules/orders/templates/orders/mine.html",
        "url name",
        "{% url 'api-v1:get_payment' 1 %}",
        "api-v1:get_payment",
    ),
    Way(
        "modules/orders/migrations/0009_late.py",
        "migration",
        "from django.db import migrations\nclass Migration(migrations.Migration):\n"
        '    dependencies = [("orders", "0001_initial"), ("payments", "0001_initial")]',
        "orders.0009_late needs payments.0001_initial",
    ),
    Way(
        "modules/payments/migrations/0009_late.py",
        "migration",
        "from django.db import migrations\nclass Migration(migrations.Migration):\n"
        '    dependencies = [("payments", "0001_initial"), ("orders", "0001_initial")]',
        "payments.0009_late needs orders.0001_initial",
        "orders",
    ),
]


@dataclass(frozen=True)
class Checked:
    """What the check printed about a copy of the repository, and where the ways were taken there."""

    root: Path
    code: int
    found: list[dict[str, object]]
    lines: dict[Way, int]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    for folder in ("modules", "platform"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("manage.py", "topology.toml", ".importlinter"):
        shutil.copy(ROOT / file, root)
    return root


@pytest.fixture(scope="module")
def clean(copy: Path) -> subprocess.CompletedProcess[str]:
    """The check, before anything was done."""
    return check(copy)


@pytest.fixture(scope="module")
def crossed(copy: Path, clean: subprocess.CompletedProcess[str]) -> Checked:
    """The check, after every way was taken."""
    put(copy, "modules/payments/templatetags/__init__.py", "")
    put(copy, "modules/payments/templatetags/pay_tags.py", "from django import template\nregister = template.Library()")
    lines = {way: put(copy, way.path, way.code) - way.below for way in WAYS}
    checked = check(copy, "--format", "json")
    assert checked.stdout, checked.stderr
    return Checked(copy, checked.returncode, json.loads(checked.stdout), lines)


def put(root: Path, path: str, code: str) -> int:
    """Append it to the file, which is made if need be; the number of its last line."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text() if file.exists() else ""
    file.write_text(f"{before}{code}\n")
    return len(file.read_text().splitlines())


def check(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(root / "platform")]), "TEARLINE_PROCESS": ""}
    command = [sys.executable, "manage.py", "boundaries", "check", *arguments]
    return subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=False)


def test_the_repository_takes_none_of_them_and_accepts_none(clean: subprocess.CompletedProcess[str]) -> None:
    assert (clean.returncode, clean.stdout, clean.stderr) == (0, "", "")
    assert json.loads(settings.TEARLINE_ACCEPTED.read_text()) == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.channel}: {way.code.splitlines()[-1].strip()[:60]}")
def test_each_way_past_the_doors_is_found_by_its_name(way: Way, crossed: Checked) -> None:
    here = {"path": way.path, "line": crossed.lines[way], "channel": way.channel}
    found = [finding for finding in crossed.found if here.items() <= finding.items()]

    assert crossed.code == 1
    assert {(finding["module"], finding["owner"]) for finding in found} >= {(way.module, way.owner)}
    assert any(way.what in str(finding["what"]) for finding in found)
    assert all(finding["way_out"] for finding in found)


def test_two_of_a_kind_on_one_line_are_two(crossed: Checked) -> None:
    here = {"path": TWICE.path, "line": crossed.lines[TWICE]}
    assert [finding["column"] for finding in crossed.found if here.items() <= finding.items()] == [12, 48]


def test_a_statement_that_is_put_together_is_one(crossed: Checked) -> None:
    [forgotten] = [way for way in WAYS if "def forget(" in way.code]
    here = {"path": forgotten.path, "line": crossed.lines[forgotten]}
    assert len([finding for finding in crossed.found if here.items() <= finding.items()]) == 1


def test_modules_whose_migrations_need_each_other_are_found(crossed: Checked) -> None:
    [ring] = [finding for finding in crossed.found if finding["channel"] == "migration cycle"]
    assert ring["what"] in ("orders needs payments needs orders", "payments needs orders needs payments")


def test_nothing_else_is_found(crossed: Checked) -> None:
    taken = {(way.path, line, way.channel) for way, line in crossed.lines.items()}
    found = {(finding["path"], finding["line"], finding["channel"]) for finding in crossed.found}

    assert {place for place in found - taken if place[2] != "migration cycle"} == set()


def test_every_channel_is_shown_to_be_found() -> None:
    assert {way.channel for way in WAYS} | {"migration cycle"} == set(WAYS_OUT)
