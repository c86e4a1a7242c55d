"""Whom a process believes: keys, if it is the gateway; else what the gateway has signed for it, and nothing else."""

from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from tearline.api import Principal, introduced
from tearline.api.keys import issue
from tearline.facades import _tokens
from tearline.resilience import remaining
from tearline.tokens import NotBelieved
from tearline.topology import Topology
from tests.tearline import gateways
from tests.tearline.example_api import FAILURES

pytestmark = [pytest.mark.urls("tests.tearline.example_api"), pytest.mark.usefixtures("db")]

KEYS = settings.TEARLINE_SERVICE_KEYS
READER = Principal(key_id="key_1", scopes=frozenset({"things:read"}))


@pytest.fixture(params=["shop", "till"])
def us(request: pytest.FixtureRequest, settings: Settings) -> str:
    """The process that we are: the gateway, and another one."""
    settings.TEARLINE_TOPOLOGY = gateways.of(None, us=request.param)
    return str(request.param)


@pytest.fixture
def till(settings: Settings) -> Topology:
    settings.TEARLINE_TOPOLOGY = gateways.of(None, us="till")
    topology: Topology = settings.TEARLINE_TOPOLOGY
    return topology


def whoami(token: str, **headers: str) -> Any:
    return Client().get("/api/v1/example/whoami", headers={"Authorization": f"Bearer {token}", **headers})


def outcome(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


def test_a_key_opens_the_gateway_and_nothing_else(us: str) -> None:
    key, token = issue(name="reader", scopes=["things:read"])
    response = whoami(token)
    if us == "shop":
        assert response.json()["caller"] == f"api:{key.id}"
    else:
        assert outcome(response) == (401, "principal_invalid")
        assert "Send your request to the gateway, with an API key" in response.json()["detail"]
        assert response["WWW-Authenticate"] == 'Bearer realm="tearline", error="invalid_token"'


def test_a_principal_opens_whom_it_is_signed_for_unless_that_is_the_gateway(us: str) -> None:
    response = whoami(introduced(READER, to=us, keys=KEYS))
    if us == "till":
        assert response.json()["caller"] == "api:key_1"  # the name under which its idempotency keys are kept, as ever
    else:
        assert outcome(response) == (401, "api_key_invalid")


def test_scopes_hold_wherever_the_module_is(till: Topology) -> None:
    response = whoami(introduced(Principal("key_1", frozenset({"things:write"})), to="till", keys=KEYS))
    assert outcome(response) == (403, "insufficient_scope")
    assert whoami(introduced(Principal("key_1", frozenset({"*"})), to="till", keys=KEYS)).status_code == 200


def claims(**others: object) -> dict[str, object]:
    usual = {"sub": "key_1", "scopes": ["things:read"], "aud": "till", "iat": 0, "exp": 2**40}
    return {name: value for name, value in (usual | others).items() if value is not None}


def token(key: str | None = KEYS[0], algorithm: str = "HS256", typ: str = "tearline-principal+jwt", **o: object) -> str:
    return jwt.encode(claims(**o), key, algorithm, headers={"typ": typ})


def test_the_token_that_the_others_are_made_from_is_believed(till: Topology) -> None:
    assert whoami(token()).status_code == 200


@pytest.mark.parametrize(
    "untrue",
    [
        "",
        "nonsense",
        token(key="another-key-that-is-long-enough-too-and-not-ours"),
        token(key=None, algorithm="none"),
        token(aud="shop"),
        token(aud=None),
        token(exp=1),
        token(exp=None),
        token(iat=2**40 - 1),
        token(sub=None),
        token(sub=""),
        token(scopes=None),
        token(scopes="*"),
        token(scopes=[1]),
        token(typ="JWT"),
        token(typ="tearline-call+jwt"),
        token(typ="tearline-call+jwt", caller="orders", asked_by="outside"),
        _tokens.signed(
            _tokens.Identity(process="shop", caller="orders", asked_by="outside"), audience="till", keys=KEYS
        ),
    ],
)
def test_nothing_else_is_believed(till: Topology, untrue: str) -> None:
    assert outcome(whoami(untrue)) == (401, "principal_invalid")


def test_a_principal_calls_no_facade(till: Topology) -> None:
    with pytest.raises(NotBelieved, match="for another use"):
        _tokens.believed(token(caller="orders", asked_by="outside"), audience="till", keys=KEYS)


@pytest.mark.parametrize("header", ["Tearline-Principal", "X-Tearline-Principal", "X_Tearline_Principal", "Principal"])
def test_no_other_header_says_who_asks(us: str, header: str) -> None:
    told = introduced(READER, to=us, keys=KEYS)
    response = Client().get("/api/v1/example/whoami", headers={header: told})
    assert outcome(response)[0] == 401


def test_keys_can_be_changed_while_everybody_runs(till: Topology, settings: Settings) -> None:
    settings.TEARLINE_SERVICE_KEYS = ["the-key-that-comes-next-is-long-enough", KEYS[0]]
    assert whoami(introduced(READER, to="till", keys=KEYS)).status_code == 200
    settings.TEARLINE_SERVICE_KEYS = settings.TEARLINE_SERVICE_KEYS[:1]
    assert whoami(introduced(READER, to="till", keys=KEYS)).status_code == 401


# Deadlines


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """What is left of the deadline of each request to `/example/failures/look`."""
    found: list[float | None] = []

    class Looking(dict[str, Exception]):
        def __getitem__(self, what: str) -> Exception:
            found.append(remaining())
            return FAILURES["problem"]

    monkeypatch.setattr("tests.tearline.example_api.FAILURES", Looking())
    return found


def look(milliseconds: str) -> Any:
    return Client().get("/api/v1/example/failures/look", headers={"Tearline-Deadline-Ms": milliseconds})


def test_the_gateway_says_how_long_somebody_waits_and_nobody_else(us: str, seen: list[float | None]) -> None:
    assert look("5000").status_code == 418
    if us == "till":
        assert seen[0] is not None
        assert 0 < seen[0] <= 5
    else:
        assert seen == [None]


def test_what_cannot_be_answered_in_time_is_not_begun(till: Topology, seen: list[float | None]) -> None:
    assert outcome(look("5")) == (504, "deadline_exceeded")
    assert outcome(look("soon")) == (400, "deadline_invalid")
    assert seen == []


# Exchanges


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("example/whoami", {}, 200),
        ("example/failures/problem", {}, 418),
        ("example/failures/crash", {}, 500),
        ("example/whoami", {"headers": {"Authorization": ""}}, 401),
        ("nowhere", {}, 404),
        ("example/whoami", {"CONTENT_LENGTH": "1000000"}, 413),
        ("example/whoami", {"headers": {"Host": "elsewhere.example"}}, 400),
    ],
)
def test_every_answer_repeats_the_name_of_its_exchange(
    till: Topology, path: str, sent: dict[str, Any], status: int
) -> None:
    told = introduced(READER, to="till", keys=KEYS)
    headers = {"Tearline-Call": "0123456789abcdef", "Authorization": f"Bearer {told}", **sent.get("headers", {})}
    extra = {name: value for name, value in sent.items() if name != "headers"}
    response = Client(raise_request_exception=False).get(f"/api/v1/{path}", headers=headers, **extra)
    assert (response.status_code, response["Tearline-Call"]) == (status, "0123456789abcdef")


def test_what_is_no_name_is_not_repeated(till: Topology) -> None:
    assert "Tearline-Call" not in whoami("", **{"Tearline-Call": "0123456789ABCDEF, x"})


# Customers

ADAS = Principal(key_id="key_1", scopes=frozenset({"*"}), customer="cus_ada")


def told(response: Any) -> tuple[int, str]:
    body = response.json()
    return response.status_code, body.get("code") or str(body)


def test_a_customer_stays_one_wherever_the_module_is(us: str) -> None:
    """Whether it is the key that says so or the gateway."""
    _, sent = issue(name="ada", scopes=["*"], customer="cus_ada")
    carried = sent if us == "shop" else introduced(ADAS, to=us, keys=KEYS)
    headers = {"Authorization": f"Bearer {carried}"}
    assert told(Client().get("/api/v1/example/whoami", headers=headers)) == (403, "customer_not_allowed")
    assert told(Client().get("/api/v1/example/mine", headers=headers)) == (200, "{'customer': 'cus_ada'}")


def test_who_is_the_shop_is_nobodys_customer(us: str) -> None:
    _, sent = issue(name="shop", scopes=["*"])
    shop = Principal(key_id="key_1", scopes=frozenset({"*"}))
    carried = sent if us == "shop" else introduced(shop, to=us, keys=KEYS)
    headers = {"Authorization": f"Bearer {carried}"}
    assert told(Client().get("/api/v1/example/mine", headers=headers)) == (200, "{'customer': None}")


@pytest.mark.parametrize(
    "untrue",
    [
        token(customer="cus_ada"),
        token(typ="tearline-customer+jwt"),
        token(typ="tearline-customer+jwt", customer=""),
        token(typ="tearline-customer+jwt", customer=7),
        token(typ="tearline-customer+jwt", customer="cus_ada", aud="shop"),
    ],
)
def test_who_is_a_customer_is_said_twice_or_not_at_all(till: Topology, untrue: str) -> None:
    """A process that does not know of customers yet refuses the use, instead of taking a customer for the shop."""
    assert outcome(whoami(untrue)) == (401, "principal_invalid")
