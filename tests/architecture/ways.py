"""The ways by which one Django module reaches another past the doors, each taken once; and what only looks like one.

They are those that a study of Django projects has counted, and what people have tried since to get by unseen.
"""

from dataclasses import dataclass

PAYMENTS = "payments"
ANY = "any"


@dataclass(frozen=True)
class Way:
    """`code` is put at the end of a module's file, and reaches `owner` in its last line but `below`.

    `line`: where that is found, if it is not written out there.
    """

    path: str
    channel: str
    code: str
    what: str
    owner: str = PAYMENTS
    below: int = 0
    line: int | None = None

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
        "foreign key",
        "type('Made', (models.Model,), {'__module__': __name__, 'by': models.ForeignKey('auth.User', models.CASCADE)})",
        "Made.by to auth.User",
        "auth",
        line=1,
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
    Way(
        ORDERS,
        "dynamic import",
        "from .loading import bring as fetch\ndef brought(name):\n    fetch(name)",
        "fetch(name)",
        ANY,
    ),
    Way(ORDERS, "url", "def asked(client, id):\n    client.get(f'/api/v1/payments/{id}')", "'/api/v1/payments/{…}'"),
    Way(ORDERS, "url", "PAID = 'http://localhost:8000/api/v1/payments/1?expand=order'", "expand=order"),
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
        "from tearline.events import topics\n"
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
        "'note__id'",
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
        "'api-v1:get_payment'",
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
        "Loose.find has no type of a value for return",
    ),
    Way(
        "modules/payments/facade.py",
        "shape",
        'class Unknown:\n    def find(self, *, key: str) -> "Nobody": ...',
        "Unknown.find has no type of a value for return",
    ),
    Way(
        "modules/payments/facade.py",
        "shape",
        "class Looser:\n    def put(self, row: object, *, key: str) -> None: ...",
        "Looser.put has no type of a value for row",
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
    Way(
        ORDERS,
        "url name",
        'def reached(app, m):\n    reverse(viewname="api-v1:get_payment", args=[1])',
        "'api-v1:get_payment'",
    ),
    Way(ORDERS, "celery name", 'def reached(app, m):\n    app.send_task(name="modules.payments.tasks.x")', "tasks.x"),
    Way(ORDERS, "celery name", 'def reached(app, m):\n    app.signature(task="modules.payments.tasks.x")', "tasks.x"),
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
    Way(
        ORDERS,
        "dynamic import",
        "from importlib import import_module as load\ndef any_of(name):\n    load(name)",
        "load(name)",
        ANY,
    ),
    Way(
        ORDERS,
        "dynamic import",
        "def late(name):\n    first, loading = None, importlib.import_module\n    return loading(name)",
        "loading(name)",
        ANY,
    ),
    Way(
        ORDERS,
        "dynamic import",
        "def put_off(name):\n    return functools.partial(importlib.import_module, name)",
        "import_module(name)",
        ANY,
    ),
    Way(
        ORDERS,
        "dynamic import",
        "def by_name(name):\n    getattr(importlib, 'import_module')(name)",
        "'import_module')(name)",
        ANY,
    ),
    Way(
        ORDERS,
        "dynamic import",
        "class Loads:\n    loaded = staticmethod(importlib.import_module)\n"
        "    def load(self, name):\n        self.loaded(name)",
        "self.loaded(name)",
        ANY,
    ),
    Way(
        ORDERS,
        "dynamic import",
        "def given(name, *, loads=importlib.import_module if True else None):\n    loads(name)",
        "loads(name)",
        ANY,
    ),
    Way(
        ORDERS,
        "dynamic import",
        "def swapped():\n    importlib.import_module(package='modules', name='.payments.services')",
        ".payments.services",
    ),
    Way(
        ORDERS,
        "dynamic import",
        "WHERE = 'modules'\ndef joined():\n    importlib.import_module(f'{WHERE}.payments.services')",
        "import_module('modules.payments.services')",
    ),
    Way(
        ORDERS, "dotted string", "def added():\n    return 'modules.' + 'payments.models'", "'modules.payments.models'"
    ),
    Way(
        ORDERS, "dotted string", "def run():\n    exec('from modules.payments import models')", "from modules.payments"
    ),
    Way(ORDERS, "dotted string", "RATES = 'modules/payments/rates.json'", "'modules/payments/rates.json'"),
    Way(ORDERS, "model label", "def added_label():\n    return 'payments' + '.Payment'", "'payments.Payment'"),
    Way(
        MODELS,
        "model label",
        "def give(model):\n    model.add_to_class('paid', models.ForeignKey('payments.Payment', models.CASCADE))",
        "'payments.Payment'",
    ),
    Way(
        ORDERS,
        "get_model",
        "from django.apps import apps as registry\ndef all_there_are():\n    return registry.get_models()",
        "registry.get_models()",
        ANY,
    ),
    Way(ORDERS, "get_model", "def by_getattr():\n    getattr(registry, 'get_model')('payments.Payment')", "registry"),
    Way(ORDERS, "get_model", "def config():\n    return registry.app_configs['payments']", "app_configs['payments']"),
    Way(ORDERS, "get_model", "def whole():\n    return registry.all_models.values()", "registry.all_models", ANY),
    Way(
        ORDERS,
        "content type",
        "from django.contrib.contenttypes.models import ContentType as Kind\n"
        "def kinds():\n    return Kind.objects.get(app_label='payments')",
        "Kind.objects.get(app_label='payments')",
    ),
    Way(
        ORDERS,
        "content type",
        "from django.contrib.contenttypes import fields\ndef whatever():\n    fields.GenericForeignKey('kind', 'id')",
        "fields.GenericForeignKey('kind', 'id')",
        ANY,
    ),
    Way(
        ORDERS,
        "setting",
        "from django.conf import settings as conf\ndef theirs_by_alias():\n    return conf.PAYMENT_PROVIDER",
        "settings.PAYMENT_PROVIDER",
    ),
    Way(
        ORDERS,
        "setting",
        "import django.conf\ndef theirs_by_path():\n    return django.conf.settings.PAYMENT_PROVIDER",
        "settings.PAYMENT_PROVIDER",
    ),
    Way(ORDERS, "setting", "def secret():\n    return settings.PAYMENT_STRIPE_KEY", "settings.PAYMENT_STRIPE_KEY"),
    Way(ORDERS, "setting", "def unread(name):\n    return getattr(settings, f'A_{name}')", "settings.A_{…}", ANY),
    Way(
        ORDERS,
        "url name",
        "from django.urls import reverse as link_to\ndef linked(name):\n    return link_to(f'api-v1:{name}')",
        "link_to(f'api-v1:{name}')",
        ANY,
    ),
    Way(ORDERS, "url name", "LINKS = {'paid': 'api-v1:get_payment'}", "'api-v1:get_payment'"),
    Way(ORDERS, "celery name", "def send_any(app, name):\n    app.send_task(name)", "app.send_task(name)", ANY),
    Way(ORDERS, "celery name", "TILL = 'till.open'", "'till.open'"),
    Way(ORDERS, "sql", "COUNTED = '/* all */ EXPLAIN SELECT * FROM payments_payment'", "payments_payment"),
    Way(ORDERS, "sql", "def raw():\n    return RawSQL('(SELECT 1 FROM \"payments_payment\")', ())", "payments_payment"),
    Way(ORDERS, "sql", "def extra(rows):\n    return rows.extra(tables=['payments_payment'])", "payments_payment"),
    Way(ORDERS, "sql", "def put_together():\n    return 'SELECT 1 FROM payments_' + 'payment'", "payments_payment"),
    Way(ORDERS, "database", "from django.db import connections as links\nlinks['payments']", "links['payments']"),
    Way(ORDERS, "database", "def elsewhere(rows):\n    return rows.using('payments')", "rows.using('payments')"),
    Way(ORDERS, "database", "def inside(db):\n    return db.atomic(using='payments')", "db.atomic(using='payments')"),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "def hear(function):\n    post_save.connect(function, sender='payments.Payment')",
        "post_save.connect(function, sender='payments.Payment')",
    ),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "from django.db.models.signals import pre_save as before\n"
        "def hear_all(function):\n    before.connect(function)",
        "before.connect(function)",
        ANY,
    ),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "def hear_more(function):\n    receiver(post_save, sender='payments.Payment')(function)",
        "receiver(post_save, sender='payments.Payment')",
    ),
    Way(
        ORDERS,
        "template",
        "def shown():\n    return render_to_string('notifications/de/confirmation.txt')",
        "'notifications/de/confirmation.txt'",
        "notifications",
    ),
    Way(ORDERS, "template library", "def tags():\n    return Template('{% load pay_tags %}')", "{% load pay_tags %}"),
    Way(
        ORDERS, "import", "import modules\ndef along():\n    return modules.payments.models", "modules.payments.models"
    ),
    Way(ORDERS, "private import", "from tearline.work._tasks import tasks", "import of tearline.work._tasks", ANY),
    Way(
        ORDERS,
        "private import",
        "def late():\n    from tearline.facades import _hosting",
        "tearline.facades._hosting",
        ANY,
    ),
    Way(
        ORDERS,
        "name taken",
        "from tearline.facades import acting_as as being\ndef as_payments():\n    with being('payments'): pass",
        "being('payments')",
    ),
    Way(
        ORDERS,
        "name taken",
        "from tearline.facades import perform\n"
        "def past_it():\n    perform('notifications', 'send', {}, caller='', key='')",
        "perform('notifications', 'send'",
        "notifications",
    ),
    Way(
        ORDERS,
        "dynamic import",
        "def each(names):\n    return map(importlib.import_module, names)",
        "import_module",
        ANY,
    ),
    Way(ORDERS, "dynamic import", "def kept():\n    return [importlib.import_module]", "importlib.import_module", ANY),
    Way(
        ORDERS,
        "dynamic import",
        "def looped(name):\n    for loads_it in (importlib.import_module, None):\n        loads_it(name)",
        "loads_it(name)",
        ANY,
    ),
    Way(
        ORDERS,
        "dynamic import",
        "def one_of(name, a, b):\n    it = a or b or importlib.import_module\n    it(name)",
        "it(name)",
        ANY,
    ),
    Way(
        ORDERS,
        "dynamic import",
        "import sys\ndef loaded_one(n):\n    return sys.modules[f'modules.{n}.models']",
        "sys.",
        ANY,
    ),
    Way(ORDERS, "dynamic import", "def run_any(n):\n    exec(f'from modules.{n} import models')", "exec(", ANY),
    Way(ORDERS, "url", "def hosted(base, id):\n    return f'{base}/api/v1/payments/{id}'", "/api/v1/payments/"),
    Way(ORDERS, "url", "def in_page(pk):\n    return f\"<a href='/api/v1/payments/{pk}'>\"", "/api/v1/payments/"),
    Way(ORDERS, "url", "FACADE = 'http://127.0.0.1:8000/facades/payments/authorize'", "/facades/payments/authorize"),
    Way(
        "modules/orders/templates/orders/mine.html",
        "url",
        '<a hx-get="/api/v1/payments/{{ id }}">pay</a>',
        "/api/v1/payments/{{ id }}",
    ),
    Way(
        ORDERS,
        "database",
        "from django.conf import settings\ndef addressed():\n    return settings.DATABASES['payments']['NAME']",
        "settings.DATABASES['payments']",
    ),
    Way(
        ORDERS,
        "database",
        "from django.conf import settings as given\ndef all_of_them():\n    yield from given.DATABASES.values()",
        "given.DATABASES",
        ANY,
    ),
    Way(
        ORDERS, "database", "def of_all():\n    return getattr(given, 'DATABASES')", "getattr(given, 'DATABASES')", ANY
    ),
    Way(ORDERS, "database", "def each_link():\n    return links.all()", "links.all", ANY),
    Way(ORDERS, "database", "def known():\n    return links.settings['payments']", "links.settings['payments']"),
    Way(ORDERS, "database", "def told():\n    return links.databases", "links.databases", ANY),
    Way(ORDERS, "database", "def listed():\n    return list(links)", "links", ANY),
    Way(ORDERS, "database", "def looped():\n    return {alias: 1 for alias in links}", "links", ANY),
    Way(
        ORDERS,
        "database",
        "import os\ndef dialled():\n    return os.environ['PAYMENTS_DATABASE_URL']",
        "'PAYMENTS_DATABASE_URL'",
    ),
    Way(ORDERS, "database", "def shared():\n    return os.environ.get('DATABASE_URL')", "'DATABASE_URL'", ANY),
    Way(
        ORDERS,
        "database",
        "def emptied(call_command):\n    call_command('flush', '--database=payments')",
        "call_command('flush', '--database=payments')",
    ),
    Way(
        ORDERS,
        "database",
        "def dumped(call_command):\n    call_command('dumpdata', database='payments')",
        "call_command('dumpdata', database='payments')",
    ),
    Way(ORDERS, "database", "def any_of_them(alias):\n    return links[alias]", "links[alias]", ANY),
    Way(
        ORDERS,
        "database",
        "def then(f, db):\n    db.on_commit(f, using='payments')",
        "db.on_commit(f, using='payments')",
    ),
    Way(
        ORDERS,
        "setting",
        "import os\ndef from_outside():\n    return os.environ['PAYMENT_STRIPE_KEY']",
        "PAYMENT_STRIPE_KEY",
    ),
    Way(ORDERS, "url name", "def redirected(n):\n    return redirect('api-v1:' + n)", "redirect('api-v1:' + n)", ANY),
    Way(ORDERS, "join", "ORDERING = ['-paid__state']", "'-paid__state'"),
    Way(ORDERS, "join", "def got(rows):\n    return get_object_or_404(rows, paid__state='x')", "paid__state='x'"),
    Way(ORDERS, "join", "def state(row):\n    return row.paid.state", "row.paid.state"),
    Way(ORDERS, "join", "def along_it(rows):\n    return rows.select_related('paid')", "'paid'"),
    Way(
        ORDERS,
        "get_model",
        "def of_app(whose='orders'):\n    return registry.get_model(whose, 'Payment')",
        "registry.get_model(whose, 'Payment')",
        ANY,
    ),
    Way(
        "modules/notifications/migrations/0099_through.py",
        "migration",
        "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    operations = [\n"
        "        migrations.AddField('Unwanted', 'all', models.ManyToManyField('self', through='payments.Refund'))\n"
        "    ]",
        "notifications.0099_through relates to payments.Refund",
        below=1,
    ),
    Way(ORDERS, "sql", "PIECE = ' JOIN payments_payment ON 1 = 1'", "payments_payment"),
    Way(ORDERS, "sql", "def named(cursor):\n    cursor.execute(READ + 'payments_payment')", "payments_payment"),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "@receiver([post_save, pre_delete])\ndef hear_two(**_):\n    pass",
        "hear_two receives",
        ANY,
        below=2,
    ),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "def hear_some(function):\n    receiver([post_save, pre_delete])(function)",
        "receiver([post_save, pre_delete])",
        ANY,
    ),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "import json\n@receiver(post_save)\n@functools.wraps(json.dumps)\ndef as_another(**_):\n    pass",
        "dumps receives post_save",
        ANY,
        below=3,
    ),
    Way(
        "modules/orders/handlers.py",
        "signal",
        "from celery import shared_task\n@shared_task\ndef count(**_):\n    pass\n"
        "post_save.connect(count.delay, sender='payments.Payment', weak=False)",
        "delay receives post_save",
        line=1,
    ),
    Way(
        ORDERS,
        "template",
        "def in_language(locale):\n    return f'notifications/{locale}/confirmation.txt'",
        "'notifications/{…}/confirmation.txt'",
        "notifications",
    ),
    Way(
        "modules/payments/contracts.py",
        "shape",
        "class Anything(Contract):\n    row: dict = {}",
        "Anything has no type of a value for row",
        below=1,
    ),
    Way(
        "modules/payments/facade.py",
        "shape",
        "class Found:\n    rows: int\nclass Finder:\n    def find(self, *, key: str) -> Found: ...",
        "Finder.find has no type of a value for return",
    ),
    Way(
        "modules/payments/facade.py",
        "shape",
        "class Failing:\n    def fail(self, *, key: str) -> list[Exception]: ...",
        "Failing.fail has no type of a value for return",
    ),
    Way(
        "modules/payments/facade.py",
        "shape",
        "from tearline.contracts import Contract\nclass Kept(Contract):\n    rows: object",
        "Kept has no type of a value for rows",
        below=1,
    ),
    Way(
        "modules/catalog/events/loose.py",
        "shape",
        "from tearline.contracts import Contract\nclass Whatever(Contract):\n    row: Contract",
        "Whatever has no type of a value for row",
        "catalog",
        below=1,
    ),
    Way(
        "modules/payments/contracts.py",
        "shape",
        "class Some(Contract):\n    kind: type = int",
        "Some has no type of a value for kind",
        below=1,
    ),
    Way("modules/payments/facade.py", "shape", "def got(apps):\n    apps.get_model('payments.Payment')", "get_model"),
    Way(
        "modules/inventory/migrations/0009_apart.py",
        "migration",
        "from django.db import migrations, models\nclass Migration(migrations.Migration):\n"
        "    dependencies: list = [('inventory', '0001_initial')]\n    operations = [\n"
        "        migrations.SeparateDatabaseAndState(state_operations=[\n"
        "            migrations.AlterField('Item', 'paid', models.ForeignKey('payments.Payment', models.CASCADE))\n"
        "        ])\n    ]",
        "inventory.0009_apart relates to payments.Payment",
        below=2,
    ),
    Way(
        "modules/inventory/migrations/0011_made.py",
        "migration",
        "from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = [\n"
        "        migrations.CreateModel('Seen', [], bases=('payments.Refund',))\n    ]",
        "inventory.0011_made relates to payments.Refund",
        below=1,
    ),
    Way(
        "modules/inventory/migrations/0010_joined.py",
        "migration",
        "from django.db import migrations, models\nNEEDED = 'payments'\nclass Migration(migrations.Migration):\n"
        "    dependencies: list = [('inventory', '0001_initial')]\n    run_before = [(NEEDED, '0001_initial')]",
        "inventory.0010_joined needs payments.0001_initial",
        below=3,
    ),
    Way(
        "modules/orders/templates/orders/mine.html",
        "template",
        "{% include '../notifications/de/confirmation.txt' %}",
        "confirmation.txt",
        "notifications",
    ),
    Way("modules/orders/templates/orders/mine.html", "template", "{% include letter %}", "{% include letter %}", ANY),
    Way("modules/orders/templates/orders/mine.html", "url name", "{% url route 1 %}", "{% url route 1 %}", ANY),
    Way(
        "modules/shipping/migrations/0009_late.py",
        "migration",
        "from django.db import migrations, models\nclass Migration(migrations.Migration):\n"
        "    dependencies = [('shipping', '0001_initial')]\n    operations = [\n"
        "        migrations.AddField('Parcel', 'paid', models.ForeignKey('payments.Payment', models.CASCADE))\n    ]",
        "shipping.0009_late relates to payments.Payment",
        below=1,
    ),
    Way(
        "modules/catalog/migrations/0009_late.py",
        "migration",
        "from django.conf import settings\nfrom django.db import migrations\nclass Migration(migrations.Migration):\n"
        "    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]",
        "catalog.0009_late needs auth.__first__",
        "auth",
    ),
]

LOADING = """
import importlib
bring = importlib.import_module
def round_and_round():
    from .services import fetch as bring
"""
"""A file of orders that gives a function another name."""

HARMLESS = """
import inspect, json
from django.shortcuts import redirect
PROSE = "orders wait for payments, a payment waits for none; see modules of payments, or modules/payments for more"
STEPS = ["payments.payment", "payments.capture", "payments_payment", "payments_refund.failed", "modules.unknown.x"]
READ = "SELECT 1 FROM "
class GenericRelation:
    pass
def own_reverse(steps):
    'As modules.payments.services does, and FROM payments_payment.'
    return steps
def harmless(function, rows, row, name, request, broker, saga):
    inspect.signature(function), rows.reverse(), redirect(request.path), getattr(row, name)
    request.settings.PAYMENT_TERMS
    apps.get_model("orders.Order"), rows.using("orders"), links["orders"], reverse("api-v1:get_order")
    settings.ORDERS_TAX_PERCENT, settings.SHOP_NAME, post_save.connect(function, sender="orders.Order")
    importlib.import_module("modules.orders.services"), importlib.import_module(".services", __package__)
    importlib.import_module(f"modules.orders.{name}"), importlib.util.find_spec(name), json.load(request)
    "SELECT 1 FROM orders_order", "{% load i18n %}", render_to_string("orders/mine.html"), "use {% url name %}"
    "/api/v1/orders/1", "/api/v1/nowhere", "/", "https://psp.example/api/v1/payments/1"
    broker.connect(name, "payments"), saga.reverse(name), saga.get_model(name), saga.step("charge", using="payments")
    links.close_all(), links.settings["orders"], settings.DATABASES["orders"], "ORDERS_DATABASE_URL", "DATABASE_URL is"
    GenericRelation(), own_reverse(name), "modules.payments.facade.payments", acting_as("orders")
"""
"""What has the look of a way, in a file of orders, and is none."""

TEMPLATE = """{# {% load pay_tags %} #}{% comment %}
{% include letter %}
{% endcomment %}{% url %}{% include %}
"""
"""A template of orders that says nothing of others but where nobody hears it, or nothing at all."""

LITTER = {
    "modules/orders/._services.py": b"\x00\x05\x16\x07",
    "modules/orders/templates/.DS_Store": b"\x00\xff",
    "modules/orders/templates/orders/logo.png": b"\x89PNG\r\n\x1a\n\xff",
    "modules/orders/tests/marked.py": b"\xef\xbb\xbfWORD = 'a'\n",
    "modules/orders/tests/encoded.py": b"# -*- coding: latin-1 -*-\nWORD = '\xe9'\n",
    "modules/orders/tests/empty.py": b"",
    "modules/orders/tests/deep.py": b"".join(
        [b"if a == 0:\n    pass\n", *(b"elif a == %d:\n    pass\n" % number for number in range(1500))]
    ),
    "modules/orders/tests/joined.py": b"A = " + b" + ".join([b"'a'"] * 1500) + b"\n",
    "modules/orders/tests/doubled.py": b"a0 = 'a'\n"
    + b"".join(b"a%d = a%d + a%d\n" % (n + 1, n, n) for n in range(60)),
    "modules/orders/tests/round.py": b"a, b, c = b, c, a\na = a.b\nb = b or a.c\nclass D:\n    e = e\n"
    b"    def f(self):\n        self.g = self.g or self.e\n        return self.g(a)\n",
    "modules/orders/tests/all_to_all.py": b"".join(b"a%d = a%d\n" % (n, m) for n in range(25) for m in range(25)),
    "modules/orders/tests/chosen.py": b"a0 = len\n"
    + b"".join(b"a%d = a%d or a%d\n" % (n + 1, n, n) for n in range(50)),
}
"""Files of orders that do no harm, though they are not what one reads every day."""
