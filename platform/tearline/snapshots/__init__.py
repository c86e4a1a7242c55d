"""What modules promise to those outside of them, kept in files, so that no promise is broken unnoticed.

`snapshot_of` reads a module's file, whoever hosts the module:

    {
      "facade": {
        "operations": {"authorize": {"kind": "command", "undoes": null, "arguments": <schema>, "answer": <schema>}},
        "refusals": {"payments.payment_declined": {"status": 422, "fields": <schema>}}
      },
      "events": {"orders.order_placed.v1": {"aggregate": "order_id", "fields": <schema>}},
      "rest": {"prefixes": ["/payments"], "paths": <OpenAPI's>, "schemas": <OpenAPI's, reached from the paths>},
      "retired": ["payments.old_operation"]
    }
"""

from tearline.snapshots._keeping import NoSnapshot, Snapshot, snapshot_of

__all__ = ["NoSnapshot", "Snapshot", "snapshot_of"]
