"""Webhooks go to the internet, and to no place in our own network, however it is called."""

import socket
from typing import Any

import pytest
from pytest_django import Settings

from modules.notifications.adapters import endpoints
from modules.notifications.tests.receiver import receiving


@pytest.fixture(autouse=True)
def strict(settings: Settings) -> None:
    settings.NOTIFICATIONS_LOCAL_ENDPOINTS = False


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https://example.com:22/",
        "https://example.com:99999/",
        "https://user:word@example.com/",
        "https://user@example.com/",
        "https://example.com/#fragment",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "//example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://127.0.0.1\t/",
        "https://0177.0.0.1/",
        "https://①②⑦.⓪.⓪.①/",
        "https://127。0。0。1/",
        "https://[::1",
        "https://a..b/",
        "https://.example.com/",
        "https://example.com../",
        "https://-example.com/",
        f"https://{'a' * 64}.com/",
        f"https://{'abcde.' * 50}com/",
        "https://%/",
        "https://*/",
        "https://a%00b/",
        "https://a b/",
        "https://example.com:0/",
    ],
)
def test_such_a_url_cannot_be_an_endpoint(url: str) -> None:
    with pytest.raises(endpoints.NotAllowed):
        endpoints.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hooks?x=1",
        "https://example.com:8443/",
        "https://example.com:443/",
        "https://Example.COM./",
        "https://my_hooks.xn--bcher-kva.example/",
        "https://bücher.example/",
        f"https://{'a' * 63}.com/",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]/",
    ],
)
def test_such_a_url_can(url: str) -> None:
    endpoints.check(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://localhost:8000/", "http://[::1]:8000/"])
def test_this_machine_can_where_the_settings_say_so(settings: Settings, url: str) -> None:
    settings.NOTIFICATIONS_LOCAL_ENDPOINTS = True
    endpoints.check(url)
    with pytest.raises(endpoints.NotAllowed):
        endpoints.check(url.replace("127.0.0.1", "10.0.0.1").replace("localhost", "db").replace("[::1]", "[fd00::1]"))


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1"),
        *("192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "fc00::1", "fd00:ec2::254", "fe80::1"),
        *("fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
        *("2001:0:a00:1::", "64:ff9b:1::1"),
    ],
)
def test_we_do_not_connect_to(address: str) -> None:
    assert not endpoints.admits(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_we_connect_to(address: str) -> None:
    assert endpoints.admits(address)


def test_a_name_that_leads_inside_is_not_connected_to(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as inside:
        monkeypatch.setattr(socket, "getaddrinfo", _answering("127.0.0.1"))
        answer = endpoints.post("whe_inside", inside.url.replace("127.0.0.1", "hooks.example"), headers={}, body=b"{}")

    assert (answer.status, answer.error, inside.came) == (None, "no connection", [])


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 64}.com"])
def test_a_name_that_cannot_be_looked_up_is_a_failed_try(db: None, host: str) -> None:
    """As of an endpoint that was added when such names were let in."""
    answer = endpoints.post("whe_nowhere", f"https://{host}/", headers={}, body=b"{}")

    assert (answer.status, answer.error) == (None, "no connection")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "127.0x0.1"])
def test_our_own_address_is_not_connected_to_in_any_disguise(
    db: None, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    connected: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda address, *_, **__: connected.append(address))
    answer = endpoints.post("whe_disguised", f"https://{host}/", headers={}, body=b"{}")

    assert (answer.status, answer.error, connected) == (None, "no connection", [])


def test_what_is_connected_to_is_the_address_that_was_checked(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere when it is looked up again is not looked up again."""
    connected: list[Any] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", _answering("1.1.1.1", "127.0.0.1"))
    monkeypatch.setattr(socket, "create_connection", connect)
    endpoints.post("whe_rebinding", "https://hooks.example/", headers={}, body=b"{}")

    assert connected == [("1.1.1.1", 443)]


def _answering(*addresses: str) -> Any:
    """One answer after the other; the last one for ever."""
    left = list(addresses)

    def getaddrinfo(_host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return getaddrinfo
