"""What modules promise to those outside of them, kept in files, so that no promise is broken unnoticed.

A file for each module, which `manage.py contracts snapshot` writes, and which ships with every process:

    {
      "facade": {
        "operations": {"authorize": {"kind": "command", "undoes": null, "arguments": <schema>, "answer": <schema>}},
        "refusals": {"payments.payment_declined": {"status": 422, "fields": <schema>}}
      },
      "events": {"orders.order_placed.v1": {"aggregate": "order_id", "fields": <schema>}},
      "rest": {"prefixes": ["/payments"], "paths": <OpenAPI's>, "schemas": <those that the paths refer to>},
      "retired": ["payments.old_operation"]
    }

`manage.py contracts check` compares them with the code. Whether a change is compatible depends on who reads: we
ourselves (arguments, parameters, bodies), our clients (what queries and REST answer), or both (events, refusals, what
commands answer).

| what | we | clients | both |
|---|---|---|---|
| a field is new, and may be left out | compatible | compatible | compatible |
| a field is new, and must be there | breaks | compatible | breaks |
| a field is gone | breaks: what it said is ignored | breaks | breaks |
| a field may be left out now | compatible | breaks | breaks |
| a field must be there now | breaks | compatible | breaks |
| less is allowed: type, value, null, range, length, pattern | breaks | compatible | breaks |
| more is allowed | compatible | breaks | breaks |
| another default | breaks: what is left out means something else | compatible | breaks |
| other words: title, description, examples | compatible | compatible | compatible |
| anything else | breaks | breaks | breaks |

Both read what is kept: an event in an outbox, a broker or an inbox, and what a command answered under its key. A newer
version finds there what an older one has written, and an older one, that is not replaced yet, what a newer one has.
Clients read more strictly than they would have to: our own know the values of an enumeration, and refuse others. Fields
that they do not know they ignore, so new ones are no harm.

What is new is compatible. What is gone breaks, unless it was retired: then its name is never used again. Another kind,
undo, aggregate, status of a refusal, status of success, scope of a key or name of an operation breaks.
"""

from tearline.snapshots._keeping import NoSnapshot, Snapshot, snapshot_of

__all__ = ["NoSnapshot", "Snapshot", "snapshot_of"]
