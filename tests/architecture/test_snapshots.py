"""What modules promise is what the committed snapshots say, in files and in values; and a broken promise is refused."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError
from pytest_django import Settings

from tearline.contracts import Refusal
from tearline.events import topics
from tearline.facades._hosting import interface_of
from tearline.facades._operations import Operation, operations_of
from tearline.snapshots import NoSnapshot, snapshot_of
from tearline.topology import Process, Topology
from tests.schema_values import values

ROOT = Path(__file__).parents[2]
MODULES = settings.TEARLINE_TOPOLOGY.modules

OPERATIONS = {
    operation.full_name: operation for module in MODULES for operation in operations_of(interface_of(module)).values()
}
EVENTS = [topic for module in MODULES for topic in snapshot_of(module)["events"]]
REFUSALS = [code for module in MODULES for code in snapshot_of(module)["facade"]["refusals"]]

# A few of many: the schemas, and with them what is drawn, are as they are.
few = trying(max_examples=25, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def promised(operation: Operation) -> Any:
    return snapshot_of(operation.module)["facade"]["operations"][operation.name]


def test_what_two_modules_describe_over_rest_by_one_name_is_the_same() -> None:
    """The API has one description, in which a name stands for one schema."""
    schemas: dict[str, Any] = {}
    for module in MODULES:
        for name, schema in snapshot_of(module)["rest"]["schemas"].items():
            assert schemas.setdefault(name, schema) == schema, (module, name)


# In values


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_a_client_of_the_snapshot_asks_is_understood(name: str) -> None:
    """But for what no schema can say: that prices are not negative, or that a SKU is there once."""
    operation, understood = OPERATIONS[name], 0

    @few
    @given(values(promised(operation)["arguments"]))
    def ask(arguments: Any) -> None:
        nonlocal understood
        flaws = {flaw["type"] for flaw in _flaws(operation.arguments, arguments)}
        assert flaws <= {"value_error"}
        understood += not flaws

    ask()
    assert understood > 0


def _flaws(codec: TypeAdapter[Any], value: Any) -> Sequence[Mapping[str, Any]]:
    try:
        codec.validate_json(json.dumps(value))
    except ValidationError as error:
        return error.errors()
    return ()


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_answered_is_as_the_snapshot_says(name: str) -> None:
    operation = OPERATIONS[name]
    _there_and_back(promised(operation)["answer"], operation.answer)


@pytest.mark.parametrize("topic", EVENTS)
def test_what_is_announced_is_as_the_snapshot_says(topic: str) -> None:
    fields = snapshot_of(topic.partition(".")[0])["events"][topic]["fields"]
    _there_and_back(fields, TypeAdapter(topics[topic]))


@pytest.mark.parametrize("code", REFUSALS)
def test_what_is_refused_is_as_the_snapshot_says(code: str) -> None:
    fields = snapshot_of(code.partition(".")[0])["facade"]["refusals"][code]["fields"]
    _there_and_back(fields, TypeAdapter(Refusal.kinds[code]))


def _there_and_back(schema: dict[str, Any], codec: TypeAdapter[Any]) -> None:
    """Values as promised are read by our codec, which writes them as promised."""
    reader, told = Draft202012Validator(schema), []

    @few
    @given(values(schema))
    def tell(value: Any) -> None:
        again = json.loads(codec.dump_json(codec.validate_json(json.dumps(value))))
        reader.validate(again)
        told.append(again)

    tell()
    assert told


def test_values_are_not_all_alike() -> None:
    drawn: list[str] = []

    @few
    @given(values(promised(OPERATIONS["payments.authorize"])["arguments"]))
    def draw(value: Any) -> None:
        drawn.append(json.dumps(value))

    draw()
    assert len(set(drawn)) > 15


# In files


@dataclass(frozen=True)
class Contracts:
    """`manage.py contracts`, on copies of the snapshots."""

    folder: Path

    def run(self, *arguments: str) -> str:
        """What it says. Raises CommandError."""
        out = StringIO()
        call_command("contracts", *arguments, stdout=out)
        return out.getvalue()

    def refused(self, *arguments: str) -> str:
        """What it says, and why it fails in the end."""
        out = StringIO()
        with pytest.raises(CommandError) as refused:
            call_command("contracts", *arguments, stdout=out)
        return f"{out.getvalue()}{refused.value}"

    def file(self, module: str) -> Path:
        return self.folder / f"{module}.json"

    def of(self, module: str) -> Any:
        return json.loads(self.file(module).read_text())

    def change(self, module: str, change: Callable[[Any], object]) -> None:
        """As if it had been promised so."""
        snapshot = self.of(module)
        change(snapshot)
        self.file(module).write_text(json.dumps(snapshot))

    def commit(self) -> None:
        who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com"]
        for command in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "--message=As it was"]):
            subprocess.run(["git", *command], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture
def contracts(tmp_path: Path, settings: Settings) -> Contracts:
    settings.TEARLINE_CONTRACTS = tmp_path / "contracts"
    shutil.copytree(ROOT / "platform/config/contracts", settings.TEARLINE_CONTRACTS)
    return Contracts(settings.TEARLINE_CONTRACTS)


AS_PROMISED = f"as promised: {', '.join(sorted(MODULES))}\n"
ALL_AS_THEY_WERE = "".join(f"{module}.json was so already\n" for module in sorted(MODULES))


def test_each_module_promises_what_its_committed_snapshot_says(settings: Settings) -> None:
    assert settings.TEARLINE_CONTRACTS == ROOT / "platform/config/contracts"
    assert Contracts(settings.TEARLINE_CONTRACTS).run("check") == AS_PROMISED


def test_writing_the_snapshots_anew_changes_nothing(contracts: Contracts) -> None:
    assert contracts.run("snapshot") == ALL_AS_THEY_WERE


def lose(*path: str) -> Callable[[Any], object]:
    """As if this had not been promised."""

    def change(snapshot: Any) -> None:
        for step in path[:-1]:
            snapshot = snapshot[step]
        del snapshot[path[-1]]

    return change


def charge_a_card(snapshot: Any) -> None:
    """As if there had been one more operation."""
    operations = snapshot["facade"]["operations"]
    operations["charge"] = operations["authorize"]


def test_what_is_new_makes_the_snapshot_stale_until_it_is_written_anew(contracts: Contracts) -> None:
    contracts.change("payments", lose("facade", "operations", "capture"))
    assert contracts.refused("check").splitlines() == [
        "payments facade payments.capture: is new. Compatible.",
        "the snapshots are stale. Run: python manage.py contracts snapshot",
    ]
    assert "payments.json is written\n" in contracts.run("snapshot")
    assert contracts.run("check") == AS_PROMISED


@pytest.mark.parametrize(
    "change",
    [lambda snapshot: snapshot["rest"]["prefixes"].append("/money"), lose("rest", "schemas", "Money", "description")],
)
def test_whatever_else_is_different_makes_it_stale_too(contracts: Contracts, change: Callable[[Any], object]) -> None:
    contracts.change("payments", change)
    assert "the snapshots are stale" in contracts.refused("check")


def test_nothing_is_written_while_a_promise_is_broken(contracts: Contracts) -> None:
    contracts.change("catalog", lose("facade", "operations", "browse"))
    contracts.change("payments", charge_a_card)
    before = contracts.file("catalog").read_bytes()
    let_it_go = (
        "whoever uses it would find nothing. Keep it, or let it go for ever: "
        'python manage.py contracts snapshot --retire "payments.charge"'
    )
    assert contracts.refused("snapshot").splitlines() == [
        f"payments facade payments.charge: is gone. BREAKING: {let_it_go}",
        "nothing was written. Promises broken: 1",
    ]
    assert contracts.file("catalog").read_bytes() == before


def test_what_is_retired_may_be_gone_and_retiring_it_twice_is_fine(contracts: Contracts) -> None:
    contracts.change("payments", charge_a_card)
    retire = ("snapshot", "--retire", "payments.charge")
    assert "payments.json is written\n" in contracts.run(*retire)
    assert contracts.of("payments")["retired"] == ["payments.charge"]
    assert contracts.run("check") == AS_PROMISED
    assert contracts.run(*retire) == ALL_AS_THEY_WERE


def test_a_name_that_was_retired_is_not_used_again(contracts: Contracts) -> None:
    contracts.change("payments", lose("facade", "operations", "capture"))
    contracts.change("payments", lambda snapshot: snapshot["retired"].append("payments.capture"))
    assert "payments facade payments.capture: was retired, and is used again. BREAKING" in contracts.refused("check")
    assert "nothing was written" in contracts.refused("snapshot")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("payments.authorize", "payments.authorize is still there: take it out of payments first"),
        ("GET /payments", "GET /payments is still there"),
        ("orders.order_placed.v1", "orders.order_placed.v1 is still there"),
        ("payments.payment_declined", "payments.payment_declined is still there"),
        ("payments.nothing", "nothing was promised by the name payments.nothing"),
    ],
)
def test_what_is_there_or_never_was_cannot_be_retired(contracts: Contracts, name: str, fault: str) -> None:
    assert fault in contracts.refused("snapshot", "--retire", name)


def test_a_snapshot_that_was_changed_by_hand_hides_nothing_from_who_asks_what_it_was(contracts: Contracts) -> None:
    contracts.change("payments", charge_a_card)
    contracts.commit()
    contracts.run("snapshot", "--retire", "payments.charge")
    assert contracts.run("check", "--against", "HEAD").endswith(AS_PROMISED)

    contracts.change("payments", lambda snapshot: snapshot["retired"].clear())
    assert contracts.run("check") == AS_PROMISED
    assert "payments facade payments.charge: is gone. BREAKING" in contracts.refused("check", "--against", "HEAD")


def test_what_was_retired_at_a_branch_must_stay_so(contracts: Contracts) -> None:
    contracts.change("payments", lambda snapshot: snapshot["retired"].append("payments.charge"))
    contracts.commit()
    contracts.change("payments", lambda snapshot: snapshot["retired"].clear())
    assert contracts.refused("check", "--against", "HEAD").splitlines()[1:] == [
        "payments retired payments.charge: is not listed any more. BREAKING: it could be used again. Put it back.",
        "promises broken: 1",
    ]


def test_what_is_new_since_a_branch_is_no_fault(contracts: Contracts) -> None:
    contracts.change("payments", lose("facade", "operations", "capture"))
    contracts.file("catalog").unlink()
    contracts.commit()
    contracts.run("snapshot")
    assert contracts.run("check", "--against", "HEAD").endswith(AS_PROMISED)


def test_where_nothing_can_be_compared_with_the_check_fails(
    contracts: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(contracts.folder.parent))
    assert "not a git repository" in contracts.refused("check", "--against", "HEAD")
    contracts.commit()
    assert "git cannot tell what was committed" in contracts.refused("check", "--against", "nowhere")
    assert "git cannot tell what was committed" in contracts.refused("check", "--against=--all")
    monkeypatch.setenv("PATH", "")
    assert "git cannot be run" in contracts.refused("check", "--against", "HEAD")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "payments.json is no snapshot"),
        ('{"facade": {}}', "facade.operations: Field required"),
        ('{"facade": {"operations": {}, "refusals": {}}, "more": {}}', "more: Extra inputs are not permitted"),
    ],
)
def test_a_snapshot_that_is_none_is_refused(contracts: Contracts, text: str, fault: str) -> None:
    contracts.file("payments").write_text(text)
    for verb in ("check", "snapshot"):
        assert fault in contracts.refused(verb)
    with pytest.raises(NoSnapshot, match="is no snapshot"):
        snapshot_of("payments")


def test_a_reference_that_leads_nowhere_is_refused(contracts: Contracts) -> None:
    contracts.change("payments", lose("rest", "schemas", "Money"))
    assert "#/components/schemas/Money leads nowhere" in contracts.refused("check")


def test_a_module_without_a_snapshot_is_new_and_the_gateway_is_told_that_there_is_none(contracts: Contracts) -> None:
    contracts.file("payments").unlink()
    with pytest.raises(NoSnapshot, match=r"Run: python manage\.py contracts snapshot"):
        snapshot_of("payments")
    assert "payments facade payments.authorize: is new. Compatible." in contracts.refused("check")
    contracts.run("snapshot")
    assert snapshot_of("payments") == contracts.of("payments")


def test_a_module_that_is_gone_breaks_all_that_it_promised(contracts: Contracts) -> None:
    shutil.copy(contracts.file("shipping"), contracts.file("returns"))
    assert "returns facade returns.shipments_of: is gone. BREAKING" in contracts.refused("check")


def test_what_other_processes_host_is_left_to_them(contracts: Contracts, settings: Settings) -> None:
    shop, till = Process(name="shop", modules=MODULES[1:]), Process(name="till", modules=MODULES[:1])
    contracts.change(MODULES[0], lambda snapshot: snapshot["retired"].append(f"{MODULES[0]}.gone"))
    before = contracts.file(MODULES[0]).read_bytes()
    contracts.file(MODULES[0]).write_bytes(before.replace(b'"status": 4', b'"status": 5'))
    settings.TEARLINE_TOPOLOGY = Topology(processes=(shop, till), process=shop)
    assert f"not looked at, as other processes host them: {MODULES[0]}\n" in contracts.run("check")
    settings.TEARLINE_TOPOLOGY = Topology(processes=(shop, till), process=till)
    assert f"{MODULES[0]} refusal" in contracts.refused("check")


# In code


@dataclass(frozen=True)
class Tree:
    """A copy of what runs, with promises broken in it."""

    root: Path

    def change(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text()
        assert text.count(old) == 1, f"{path} has {old!r} {text.count(old)} times"
        (self.root / path).write_text(text.replace(old, new))

    def contracts(self, verb: str) -> tuple[int, list[str]]:
        """Status and output of `manage.py contracts`."""
        found_first = os.pathsep.join([str(self.root), str(self.root / "platform")])
        ran = subprocess.run(
            [sys.executable, "manage.py", "contracts", verb],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": found_first, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout.splitlines()


@dataclass(frozen=True)
class Plant:
    """A change of a module's code, what is said of it, and whom it breaks."""

    path: str
    old: str
    new: str
    what: str
    breaks: str


RECEIVED = """
    request: KeyedRequest, response: HttpResponse, sku: Sku, goods: Goods, idempotency_key:"""

PLANTED = {
    "a shorter argument": Plant(
        "payments/contracts.py",
        "max_length=64",
        "max_length=32",
        "payments facade payments.authorize: arguments.request.method maxLength 64 became 32.",
        "what clients send now would be refused. Add an operation beside it.",
    ),
    "an argument that must be there": Plant(
        "payments/facade.py",
        "def payment_of(self, order_id: OrderId)",
        "def payment_of(self, order_id: OrderId, state: str)",
        "payments facade payments.payment_of: arguments.state is new, and must be there.",
        "what clients send now would be refused. Add an operation beside it.",
    ),
    "an undo that undoes nothing": Plant(
        "payments/facade.py",
        "@command(undoes=capture)",
        "@command",
        'payments facade payments.refund: undoes "capture" became null.',
        "whoever knows it would be mistaken. Add an operation beside it.",
    ),
    "another kind of operation": Plant(
        "catalog/facade.py",
        "    @query\n    def browse(self, *, ",
        "    @command\n    def browse(self, *, key: str, ",
        'catalog facade catalog.browse: kind "query" became "command".',
        "whoever knows it would be mistaken. Add an operation beside it.",
    ),
    "a state that nobody knows": Plant(
        "shipping/contracts.py",
        '    "cancelled",\n]',
        '    "cancelled",\n    "lost",\n]',
        'shipping facade shipping.shipments_of: answer[].state may be "lost", too.',
        "clients would get what they do not know. Add an operation beside it.",
    ),
    "the same over REST": Plant(
        "shipping/contracts.py",
        '    "lost",\n]',
        '    "lost",\n]  # and nobody knows it here',
        'shipping REST GET /shipments/{shipment_id}: answer 200.state may be "lost", too.',
        "clients would get what they do not know. Answer at a new path beside it.",
    ),
    "a refusal of another status": Plant(
        "payments/contracts.py",
        'says="Not that much is held for {order_id}.", status=409',
        'says="Not that much is held for {order_id}.", status=422',
        "payments refusal payments.nothing_to_capture: status 409 became 422.",
        "whoever knows it would be mistaken. Raise a refusal of a new code.",
    ),
    "an event without a field": Plant(
        "orders/events.py",
        "    order_id: OrderId\n    total: Money\n    lines",
        "    order_id: OrderId\n    lines",
        "orders event orders.order_confirmed.v1: fields.total is gone.",
        "who has the older version would miss it. Announce the next version, such as .v2,",
    ),
    "an event with a field that older ones lack": Plant(
        "inventory/events.py",
        "    missing: int",
        "    shelf: int\n    missing: int",
        "inventory event inventory.stock_ran_out.v1: fields.shelf is new, and must be there.",
        "what was told before could not be read any more. Announce the next version, such as .v2,",
    ),
    "an event of another aggregate": Plant(
        "orders/events.py",
        'topic="orders.order_placed.v1", aggregate="order_id"',
        'topic="orders.order_placed.v1", aggregate="id"',
        'orders event orders.order_placed.v1: aggregate "order_id" became "id".',
        "whoever knows it would be mistaken. Announce the next version, such as .v2,",
    ),
    "another scope": Plant(
        "orders/api.py",
        '@router.post("/orders/{order_id}/cancel", auth=WRITE',
        '@router.post("/orders/{order_id}/cancel", auth=key_with("orders:cancel", customers=True)',
        "orders REST POST /orders/{order_id}/cancel: "
        'security [{"ApiKeyAuth": ["orders:write"]}] became [{"ApiKeyAuth": ["orders:cancel"]}].',
        "whoever knows it would be mistaken. Answer at a new path beside it.",
    ),
    "another status of success": Plant(
        "orders/api.py",
        "response={201: Order, 202: Order}",
        "response={200: Order, 202: Order}",
        "orders REST POST /orders: answer 200 is new.",
        "clients would get what they do not know. Answer at a new path beside it.",
    ),
    "a parameter that is gone": Plant(
        "payments/api.py",
        "    order_id: Only[OrderId] = Field(",
        "    order: Only[OrderId] = Field(",
        "payments REST GET /payments: query parameter order_id is gone.",
        "what clients send there would be refused or ignored. Answer at a new path beside it.",
    ),
    "a header that is not asked for any more": Plant(
        "inventory/api.py",
        f"def receive_stock({RECEIVED} IdempotencyKey\n",
        f'def receive_stock({RECEIVED} str = "k"\n',
        "inventory REST POST /stock/{sku}/receive: header parameter Idempotency-Key is gone.",
        "what clients send there would be refused or ignored. Answer at a new path beside it.",
    ),
    "a body of which less is allowed": Plant(
        "inventory/contracts.py",
        "max_length=200",
        "max_length=10",
        "inventory REST POST /stock/{sku}/receive: body.reference maxLength 200 became 10.",
        "what clients send now would be refused. Answer at a new path beside it.",
    ),
    "a route that is gone": Plant(
        "payments/api.py",
        '@router.get("/payments/{payment_id}"',
        '@router.get("/payments/by-id/{payment_id}"',
        "payments REST GET /payments/{payment_id}: is gone.",
        "whoever uses it would find nothing. Keep it, or let it go for ever: "
        'python manage.py contracts snapshot --retire "GET /payments/{payment_id}"',
    ),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """All are planted at once, as each is told by itself."""
    root = tmp_path_factory.mktemp("tree")
    for folder in ("modules", "platform"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    for file in ("manage.py", "topology.toml"):
        shutil.copy(ROOT / file, root)
    tree = Tree(root)
    for plant in PLANTED.values():
        tree.change(f"modules/{plant.path}", plant.old, plant.new)
    return tree


@pytest.fixture(scope="module")
def checked(tree: Tree) -> list[str]:
    status, lines = tree.contracts("check")
    assert status == 1
    return lines


@pytest.mark.parametrize("plant", PLANTED)
def test_a_promise_that_the_code_breaks_is_refused_by_name(plant: str, checked: list[str]) -> None:
    told = f"{PLANTED[plant].what} BREAKING: {PLANTED[plant].breaks}"
    assert [line for line in checked if line.startswith(told)]


def test_no_snapshot_follows_code_that_breaks_what_was_promised(tree: Tree) -> None:
    status, _ = tree.contracts("snapshot")
    assert status == 1
    for module in MODULES:
        file = f"platform/config/contracts/{module}.json"
        assert (tree.root / file).read_bytes() == (ROOT / file).read_bytes()
