"""What commands are told and cannot do is refused in a sentence, before they do anything."""

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tearline.api.models import ApiKey
from tearline.serving import refuse_taken_port


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("keys issue x orders:read --days -1", "argument --days: '-1' is not a whole number from 1 to 36500"),
        ("keys issue x orders:read --days 999999999", "argument --days: '999999999' is not a whole number"),
        ("keys rotate x --overlap -5", "argument --overlap: '-5' is not a whole number from 0 to"),
        ("serve --port 99999", "argument --port: '99999' is not a whole number from 1 to 65535"),
        ("serve --processes 0", "argument --processes: '0' is not"),
        ("worker --threads 0", "argument --threads: '0' is not"),
        ("worker --threads \u00b2", "argument --threads: '\u00b2' is not"),
        ("worker --modules nope", "not hosted by this process: nope"),
        ("work nope", "argument verb: invalid choice: 'nope'"),
        ("work audit --last -1", "argument --last: '-1' is not"),
        ("work purge --older-than 99999999999d", "is not a span"),
        ("contracts", "the following arguments are required: verb"),
        ("boundaries", "the following arguments are required: verb"),
        ("topology render", "the following arguments are required: verb"),
        ("topology check --at shop=http://[::1", "is not like shop="),
        ("topology check --at shop=http://", "is not like shop="),
        ("readiness --people /no/such", "argument --people: there is no file '/no/such'"),
        ("docs --beside /no/such", "argument --beside: there is no folder '/no/such'"),
    ],
)
def test_what_an_argument_cannot_hold_is_refused_by_its_name(command: str, told: str) -> None:
    with pytest.raises(CommandError, match=re.escape(told)):
        call_command(*command.split())


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_a_key_has_a_name(db: None, name: str) -> None:
    with pytest.raises(CommandError, match="a key is named by its use"):
        call_command("keys", "issue", name, "orders:read")
    assert not ApiKey.objects.exists()


def test_staff_have_names(db: None) -> None:
    with pytest.raises(CommandError, match="The name is empty"):
        call_command("staff", "allow", "", "orders:read")


@pytest.mark.parametrize("host", ["no such host", ""])
def test_a_server_says_where_it_cannot_listen(host: str) -> None:
    with pytest.raises(CommandError, match=f"^Cannot listen on {host}:8000: "):
        refuse_taken_port(host, 8000)


@pytest.mark.parametrize("command", ["extract payments --to", "topology render kubernetes --to", "openapi --output"])
def test_where_nothing_can_be_written_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").touch()
    to = str(tmp_path / "file" / "below")
    with pytest.raises(CommandError, match=f"^{to} cannot be written: .*file"):
        call_command(*command.split(), to)
