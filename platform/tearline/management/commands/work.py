"""Durable work, for operators: how it stands, what went wrong, and what to do about it."""

import contextlib
import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from tearline.events._replaying import CannotReplay, replay
from tearline.management.arguments import refuse_unless_hosted, take_verbs, whole
from tearline.management.who import take_who
from tearline.models import AuditLine, CommandKey, DueWork, SagaRow, SagaStepRow
from tearline.sagas import NoWayBack
from tearline.sagas._intervening import NoSuchStep, NotSo, resolve, skip, undo
from tearline.sagas._saga import sagas
from tearline.work._operating import NoSuchWork, NotParked, discard, look_up, parked_ids, retry
from tearline.work._purging import TooYoung, purge
from tearline.work._status import Parked, Standing, parked, standings

CANNOT = (NoSuchWork, NotParked, CannotReplay, TooYoung, NoSuchStep, NotSo, NoWayBack)
"""What is raised by a verb that cannot do as told, and says why in a sentence."""

MANY = whole(1, 1_000_000)

UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True)
class Verb:
    """`takes` declares its arguments; `does` is given them and answers with the lines to print."""

    name: str
    help: str
    takes: Callable[[ArgumentParser], None]
    does: Callable[..., Iterator[str]]


class Command(BaseCommand):
    help = "Show durable work and mend it. Every verb may be repeated; what it does is told by `work audit`."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.set_defaults(does=_status, modules=[], errors=False)
        verbs = take_verbs(parser, default="status")
        for verb in VERBS:
            mine = verbs.add_parser(verb.name, help=verb.help, description=verb.help)
            verb.takes(mine)
            mine.set_defaults(does=verb.does)

    def handle(self, *, does: Callable[..., Iterator[str]], **told: Any) -> None:
        named = {told.get("module"), told.get("publisher"), *told["modules"]} - {None}
        refuse_unless_hosted(named)
        told["modules"] = told["modules"] or list(settings.TEARLINE_TOPOLOGY.hosted)
        try:
            for line in does(**told):
                self.stdout.write(line)
        except CANNOT as error:
            raise CommandError(str(error)) from error


# Looking


def _status_takes(parser: ArgumentParser) -> None:
    _take_modules(parser)
    parser.add_argument("--errors", action="store_true", help="With the whole traceback of what is parked.")


def _status(*, modules: list[str], errors: bool, **_: Any) -> Iterator[str]:
    yield f"{'module':14} {'queue':8} {'due':>7} {'later':>7} {'lag s':>8} {'parked':>7}"
    for module in modules:
        for standing in standings(module):
            if standing.due or standing.later or standing.parked:
                yield _standing(standing)
    for module in modules:
        for row in parked(module):
            yield _parked(row, whole=errors)


def _inspect_takes(parser: ArgumentParser) -> None:
    _take_row(parser)


def _inspect(*, module: str, queue: str, id: int, **_: Any) -> Iterator[str]:  # noqa: A002 - the argument's name
    row = look_up(module, queue, id)
    yield from _columns(row)
    if isinstance(row, SagaRow):
        yield "steps:"
        for step in row.steps.using(module).order_by("started_at", "pk"):
            yield _step(step, row)
            yield from _indented(step.error)
    for line in AuditLine.objects.using(module).filter(queue=queue, row_id=row.pk).order_by("pk"):
        yield _audited(line, module)


def _audit_takes(parser: ArgumentParser) -> None:
    _take_modules(parser)
    parser.add_argument("--last", type=MANY, default=20, metavar="20", help="So many lines of each module.")


def _audit(*, modules: list[str], last: int, **_: Any) -> Iterator[str]:
    for module in modules:
        for line in reversed(AuditLine.objects.using(module).order_by("-pk")[:last]):
            yield _audited(line, module)


def _commands_takes(parser: ArgumentParser) -> None:
    _take_modules(parser)
    parser.add_argument("--last", type=MANY, default=20, metavar="20", help="So many of each module.")
    parser.add_argument("--caller", help="By this one alone: api:<key>, staff:<name>, a module.")
    parser.add_argument("--about", metavar="ID", help="Those whose key or answer names it.")


def _commands(*, modules: list[str], last: int, caller: str | None, about: str | None, **_: Any) -> Iterator[str]:
    for module in modules:
        asked = CommandKey.objects.using(module).order_by("-pk")
        if caller:
            asked = asked.filter(caller=caller)
        if about:
            asked = asked.filter(Q(key__contains=about) | Q(answer__contains=about))
        for command in reversed(asked[:last]):
            yield f"{command.created_at:%FT%TZ} {command.caller}: {command.operation} {command.key}{_outcome(command)}"


def _outcome(command: CommandKey) -> str:
    """Nothing of an answer is shown but the name of what it is about: customers have written the rest."""
    if command.undone:
        return " (undone)"
    if not command.answer:
        return " (not answered)"
    answer = json.loads(command.answer)
    told = answer if isinstance(answer, dict) else {}
    return f" (refused: {told.get('code')})" if command.refused else f" ({told['id']})" if "id" in told else ""


# Mending


def _retry_takes(parser: ArgumentParser) -> None:
    _take_queue(parser)
    parser.add_argument("ids", nargs="*", type=int, metavar="id")
    parser.add_argument("--parked", action="store_true", help="All parked rows of the queue.")
    take_who(parser)


def _retry(*, module: str, queue: str, ids: list[int], parked: bool, who: str, reason: str, **_: Any) -> Iterator[str]:
    if bool(ids) == parked:
        raise CommandError("give either ids or --parked")
    wanted = parked_ids(module, queue) if parked else ids
    again = set(retry(module, queue, wanted, who=who, reason=reason))
    for row_id in wanted:
        outcome = "is tried again" if row_id in again else "is left alone: it is finished, due or being worked on"
        yield f"{module} {queue} {row_id} {outcome}"


def _discard_takes(parser: ArgumentParser) -> None:
    _take_row(parser)
    take_who(parser, reason_required=True)


def _discard(
    *,
    module: str,
    queue: str,
    id: int,  # noqa: A002 - the argument's name
    who: str,
    reason: str,
    **_: Any,
) -> Iterator[str]:
    given_up = discard(module, queue, id, who=who, reason=reason)
    yield f"{module} {queue} {id} is {'given up' if given_up else 'left alone: it is finished'}"


def _skip_takes(parser: ArgumentParser) -> None:
    _take_step(parser)
    take_who(parser, reason_required=True)


def _skip(*, module: str, id: int, step: str, who: str, reason: str, **_: Any) -> Iterator[str]:  # noqa: A002
    skipped = skip(module, id, step, who=who, reason=reason)
    yield f"{module} sagas {id}: {step} is {'skipped' if skipped else 'left alone: it is skipped already'}"


def _resolve_takes(parser: ArgumentParser) -> None:
    _take_step(parser)
    outcome = parser.add_mutually_exclusive_group(required=True)
    outcome.add_argument("--done", action="store_true", help="It goes on, and is undone should the run turn back.")
    outcome.add_argument("--not-done", action="store_true", help="It counts as refused: the run turns back.")
    take_who(parser, reason_required=True)


def _resolve(
    *,
    module: str,
    id: int,  # noqa: A002 - the argument's name
    step: str,
    done: bool,
    who: str,
    reason: str,
    **_: Any,
) -> Iterator[str]:
    resolved = resolve(module, id, step, done=done, who=who, reason=reason)
    outcome = f"counts as {'done' if done else 'not done'}"
    yield f"{module} sagas {id}: {step} {outcome if resolved else 'is left alone: that is known already'}"


def _undo_takes(parser: ArgumentParser) -> None:
    _take_run(parser)
    take_who(parser, reason_required=True)


def _undo(*, module: str, id: int, who: str, reason: str, **_: Any) -> Iterator[str]:  # noqa: A002
    turned = undo(module, id, who=who, reason=reason)
    yield f"{module} sagas {id} {'turns back' if turned else 'is left alone: it turns back already, or is undone'}"


def _replay_takes(parser: ArgumentParser) -> None:
    parser.add_argument("publisher", help="The module that announced the events.")
    parser.add_argument("--to", required=True, metavar="LISTENER", help="Such as shipping.open_a_shipment.")
    parser.add_argument("--from", required=True, dest="since", metavar="PLACE", help="An event's id or a time.")
    parser.add_argument("--until", required=True, metavar="PLACE", help="An event's id or a time, included.")
    parser.add_argument("--name", help="By default the span. Give another one to replay it yet another time.")
    take_who(parser)


def _replay(*, to: str, since: str, until: str, name: str | None, **told: Any) -> Iterator[str]:
    name = name or f"{since}..{until}"
    publisher, who, reason = told["publisher"], told["who"], told["reason"]
    count = replay(publisher, to=to, since=since, until=until, name=name, who=who, reason=reason)
    yield f"{to} hears {count} events of {publisher} again, in the replay {name}"


def _purge_takes(parser: ArgumentParser) -> None:
    _take_modules(parser)
    parser.add_argument("--older-than", type=_span, default=timedelta(days=30), metavar="30d", help="30d, 12h, 90m")
    take_who(parser)


def _purge(*, modules: list[str], older_than: timedelta, who: str, reason: str, **_: Any) -> Iterator[str]:
    purged = purge(modules, older_than=older_than, who=who, reason=reason)
    yield f"deleted: {', '.join(f'{count} of {queue}' for queue, count in purged.items()) or 'nothing'}"


VERBS = (
    Verb("status", "What is due, how late it is, what is parked and why.", _status_takes, _status),
    Verb("inspect", "Everything about one row.", _inspect_takes, _inspect),
    Verb("retry", "Try rows again that are parked, or that wait after a failure.", _retry_takes, _retry),
    Verb("discard", "Give a row up: it counts as finished, and holds up nothing.", _discard_takes, _discard),
    Verb("skip", "Go on without a step of a saga, as it is not needed.", _skip_takes, _skip),
    Verb("resolve", "Say what became of a step of a saga that nobody knows of.", _resolve_takes, _resolve),
    Verb("undo", "Turn a saga back, and undo what it has done.", _undo_takes, _undo),
    Verb("replay", "Have one listener hear a span of events once more.", _replay_takes, _replay),
    Verb("purge", "Delete what has long been finished.", _purge_takes, _purge),
    Verb("audit", "What operators did, the latest last.", _audit_takes, _audit),
    Verb("commands", "Who had what done, the latest last.", _commands_takes, _commands),
)


# Arguments


def _take_modules(parser: ArgumentParser) -> None:
    parser.add_argument("modules", nargs="*", metavar="module", help="By default all that are hosted here.")


def _take_queue(parser: ArgumentParser) -> None:
    parser.add_argument("module")
    parser.add_argument("queue", help="outbox, inbox, tasks or sagas")


def _take_row(parser: ArgumentParser) -> None:
    _take_queue(parser)
    parser.add_argument("id", type=int)


def _take_run(parser: ArgumentParser) -> None:
    parser.add_argument("module")
    parser.add_argument("queue", choices=["sagas"], help="Only sagas have steps.")
    parser.add_argument("id", type=int)


def _take_step(parser: ArgumentParser) -> None:
    _take_run(parser)
    parser.add_argument("step", help="As the saga names it: see inspect.")


def _span(text: str) -> timedelta:
    told = re.fullmatch(r"(\d{1,6})([dhm])", text)
    if not told:
        raise ArgumentTypeError(f"{text} is not a span such as 30d, 12h or 90m")
    return timedelta(**{UNITS[told[2]]: int(told[1])})


# What is printed


def _standing(standing: Standing) -> str:
    return (
        f"{standing.module:14} {standing.kind:8} {standing.due:7} {standing.later:7}"
        f" {standing.lag:8.1f} {standing.parked:7}"
    )


def _parked(row: Parked, *, whole: bool) -> str:
    error = row.error if whole else row.error.strip().rpartition("\n")[2]
    return f"parked: {row.module} {row.kind} {row.id}, {row.what}, after {row.attempts} tries: {error}"


def _columns(row: DueWork) -> Iterator[str]:
    """Every column that says anything, text of more than a line, and JSON, below its name."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        text = _text(value)
        if "\n" in text:
            yield f"{field.attname}:"
            yield from _indented(text)
        elif text:
            yield f"{field.attname}: {text}"


def _step(step: SagaStepRow, run: SagaRow) -> str:
    """How it stands, until when it is tried, and who brought it there."""
    saga = sagas.get((run.name, run.version))
    deadline = saga.deadline_of(step) if saga else None
    until = f", until {deadline:%FT%TZ}" if deadline else ""
    by = f", by {step.operator or step.worker}" if step.operator or step.worker else ""
    since = f"since {step.started_at:%FT%TZ}{until}"
    return f"  {step.direction} {step.name}: {step.state}, try {step.attempts}, {since}{by}"


def _text(value: object) -> str:
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):  # as it may be just what is wrong with the row
            return json.dumps(json.loads(value), indent=2, ensure_ascii=False)
    return "" if value is None else str(value)


def _indented(text: str) -> Iterator[str]:
    return (f"  {line}" for line in text.rstrip().splitlines())


def _audited(line: AuditLine, module: str) -> str:
    row = "" if line.row_id is None else f" {line.queue} {line.row_id}"
    why = f" ({line.reason})" if line.reason else ""
    return f"{line.at:%FT%TZ} {line.who}: {line.verb} {module}{row}: {line.what}{why}"
