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
commands answer), who find what is kept in older and newer versions. docs/contracts.md has the rules, `_schemas` and
`_comparing` hold them.
"""

from tearline.snapshots._keeping import NoSnapshot, Snapshot, prefixes_of, snapshot_of

__all__ = ["NoSnapshot", "Snapshot", "prefixes_of", "snapshot_of"]
