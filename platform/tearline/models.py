"""The rows that every module's database holds for the platform, so that they move with the module.

Outbox, inbox, tasks and sagas are one mechanism: due work. See `tearline.work`.
"""

from django.db import models
from django.db.models import F, Q

from tearline.databases.ledgers import Ledger


class DueWork(models.Model):
    """A row that wants to be worked on when `due_at` has come.

    `due_at` is also the lease: whoever claims a row moves it into the future and draws a new `fence`. Only the holder
    of the latest fence may write the outcome. Null means that nobody shall touch the row: it is finished or parked.
    `trace` is what it goes on from: see `tearline.observability.carried`. `tries` is a JSON array of the last failed
    tries; `deaths` are those that nobody could write down, as who tried was gone, since the last one that somebody did.
    `discarded` is why an operator has given it up; null when nobody has.
    """

    id = models.BigAutoField(primary_key=True)
    due_at = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=100, null=True)
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    trace = models.TextField(null=True)
    tries = models.TextField(null=True)
    deaths = models.IntegerField(default=0, db_default=0)  # for those too who do not know it yet
    discarded = models.TextField(null=True)

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        """What it is, for an operator."""
        raise NotImplementedError


def due_indexes(table: str) -> tuple[models.Index, ...]:
    """Only unfinished rows are indexed, so that claiming and counting stay as fast beside a million finished ones.

    Who wants due rows in their order asks for them by `id + 0`, which is `id` as no other index knows it: by that of
    the primary key PostgreSQL would walk through all that is finished, in the hope of finding due rows early.
    """
    is_parked = Q(parked_at__isnull=False, finished_at__isnull=True)
    return (
        models.Index(F("id") + 0, "due_at", condition=Q(due_at__isnull=False), name=f"{table}_due"),
        models.Index(fields=["owner"], condition=Q(owner__isnull=False), name=f"{table}_owner"),
        models.Index(fields=["id"], condition=is_parked, name=f"{table}_parked"),
    )


class OutboxRow(DueWork):
    """An announced event on its way to the inboxes of those who listen."""

    event_id = models.CharField(max_length=40, unique=True)
    topic = models.CharField(max_length=200)
    stream = models.CharField(max_length=200)
    payload = models.TextField()

    class Meta:
        db_table = "tearline_outbox"
        indexes = (
            *due_indexes("tearline_outbox"),
            models.Index(fields=["stream", "id"], condition=Q(finished_at__isnull=True), name="tearline_outbox_stream"),
        )

    @property
    def title(self) -> str:
        return f"{self.topic} {self.event_id}"


class InboxRow(DueWork):
    """An event as one listener of this module has received it. `position` is its place in the publisher's outbox.

    `stream` is the listener, by the first name it had, and the aggregate. `replay` names the replay that an operator
    asked for; empty when the event came by itself. Each event comes once by itself, and once in each replay.
    """

    listener = models.CharField(max_length=200)
    event_id = models.CharField(max_length=40)
    topic = models.CharField(max_length=200)
    stream = models.CharField(max_length=400)
    position = models.BigIntegerField()
    payload = models.TextField()
    replay = models.CharField(max_length=200, default="", db_default="")  # for those too who do not know it yet

    class Meta:
        db_table = "tearline_inbox"
        constraints = (
            models.UniqueConstraint(fields=["stream", "event_id", "replay"], name="tearline_inbox_once_a_replay"),
        )
        indexes = (
            *due_indexes("tearline_inbox"),
            models.Index(
                fields=["stream", "position"], condition=Q(finished_at__isnull=True), name="tearline_inbox_stream"
            ),
        )

    @property
    def title(self) -> str:
        return f"{self.listener} on {self.topic} {self.event_id}"


class TaskRow(DueWork):
    """Work that a module does after commit, outside any transaction. `arguments` is a JSON array of scalars."""

    name = models.CharField(max_length=200)
    arguments = models.TextField()

    class Meta:
        db_table = "tearline_task"
        indexes = due_indexes("tearline_task")

    @property
    def title(self) -> str:
        return f"{self.name} {self.arguments}"


class SagaRow(DueWork):
    """One run of a saga over one subject. `failure_*` says why it is being undone, `cancel_*` who wants it to be."""

    class State(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        UNDOING = "undoing"
        UNDONE = "undone"
        PARKED = "parked"

    name = models.CharField(max_length=200)
    version = models.IntegerField()
    subject_id = models.CharField(max_length=40)
    state = models.CharField(max_length=20, choices=State, default=State.RUNNING)
    cancel_code = models.CharField(max_length=200, default="")
    cancel_detail = models.TextField(default="")
    failure_code = models.CharField(max_length=200, default="")
    failure_detail = models.TextField(default="")

    class Meta:
        db_table = "tearline_saga"
        constraints = (models.UniqueConstraint(fields=["name", "subject_id"], name="tearline_saga_once"),)
        indexes = due_indexes("tearline_saga")

    @property
    def title(self) -> str:
        return f"{self.name} of {self.subject_id}"


class SagaStepRow(models.Model):
    """What became of one step of one run, done and undone apart.

    `worker` is who worked on it last; of a first step, on whose behalf the run began. `operator` is who said how the
    step stands, and `error` then says why; empty when nobody had to. Both have defaults for those too who do not know
    them yet.
    """

    class Direction(models.TextChoices):
        DO = "do"
        UNDO = "undo"

    class State(models.TextChoices):
        STARTED = "started"
        DONE = "done"
        REFUSED = "refused"
        FAILING = "failing"
        PARKED = "parked"
        SKIPPED = "skipped"

    id = models.BigAutoField(primary_key=True)
    saga = models.ForeignKey(SagaRow, models.CASCADE, related_name="steps")
    name = models.CharField(max_length=200)
    direction = models.CharField(max_length=10, choices=Direction)
    state = models.CharField(max_length=10, choices=State)
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")
    worker = models.CharField(max_length=200, default="", db_default="")
    operator = models.CharField(max_length=200, default="", db_default="")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tearline_saga_step"
        constraints = (models.UniqueConstraint(fields=["saga", "name", "direction"], name="tearline_saga_step_once"),)


class CommandKey(models.Model):
    """What a caller has asked for under a key, and what it was answered. An empty answer is none yet.

    Keys outlive the longest saga and replay: they may be purged by age, never by count.
    """

    id = models.BigAutoField(primary_key=True)
    caller = models.CharField(max_length=200)
    operation = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    answer = models.TextField(default="")
    refused = models.BooleanField(default=False)
    undone = models.BooleanField(default=False)
    busy_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "tearline_command_key"
        constraints = (
            models.UniqueConstraint(fields=["caller", "operation", "key"], name="tearline_command_key_once"),
        )


class BrokerCursor(models.Model):
    """How far this module has got with a broker. `name`: `heard <module>`, whose events it has read up to there; or
    `sent`, the last of its own that it has sent. `cursor`: in the broker's own words.
    """

    name = models.CharField(max_length=100, primary_key=True)
    cursor = models.TextField()

    class Meta:
        db_table = "tearline_broker_cursor"


class ProjectionRow(models.Model):
    """How far a projection has got: see `tearline.projections`. Whoever folds holds a lock on it.

    `position`: the place in its log of the last event that it has folded; `newest`: when the newest of all these
    occurred. `generation` is that of the rows which are shown. `building` is that of the rows which a rebuild fills, up
    to `built_to` in the log so far; null when there is none.
    """

    name = models.CharField(max_length=100, primary_key=True)
    position = models.BigIntegerField(default=0)
    newest = models.DateTimeField(null=True)
    generation = models.BigIntegerField(default=1)
    building = models.BigIntegerField(null=True)
    built_to = models.BigIntegerField(default=0)
    rebuilt_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tearline_projection"


class FoldedEvent(Ledger):
    """An event in the log of a projection, as it was announced. No purge deletes it.

    `position` counts the events of each projection from 1 on, in the order in which they were folded, without a gap.
    """

    id = models.BigAutoField(primary_key=True)
    projection = models.CharField(max_length=100)
    position = models.BigIntegerField()
    event_id = models.CharField(max_length=40)
    topic = models.CharField(max_length=200)
    payload = models.TextField()

    class Meta:
        db_table = "tearline_folded_event"
        constraints = (
            models.UniqueConstraint(fields=["projection", "position"], name="tearline_folded_event_in_order"),
            models.UniqueConstraint(fields=["projection", "event_id"], name="tearline_folded_event_once"),
        )


class Residence(models.Model):
    """Whether this database serves its module; see `tearline.databases._residence`. No row: it does.

    One row at most. `move` names the move by which it became so. Only the database's owner writes it.
    """

    class State(models.TextChoices):
        SERVING = "serving"
        ARRIVING = "arriving"
        LEFT = "left"

    id = models.SmallIntegerField(primary_key=True, default=1)
    state = models.CharField(max_length=10, choices=State)
    move = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        db_table = "tearline_residence"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="tearline_residence_one"),)


class AuditLine(Ledger):
    """What an operator did to the durable work of this module. `row_id` is empty when it was not about one row."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)
    who = models.CharField(max_length=200)
    verb = models.CharField(max_length=40)
    queue = models.CharField(max_length=40)
    row_id = models.BigIntegerField(null=True)
    what = models.TextField()
    reason = models.TextField(default="")

    class Meta:
        db_table = "tearline_audit"
