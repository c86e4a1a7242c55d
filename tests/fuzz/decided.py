"""What schemathesis would call a failure and we have decided upon. Everything else that it finds is a failure.

No check is switched off. What is decided is told by the `code` of a problem and the check that complains of it, so that
the same check still sees everything else at the same place.
"""

from dataclasses import dataclass

from schemathesis import Response
from schemathesis.core.failures import Failure


@dataclass(frozen=True)
class Decision:
    """`code`: of the problem, or how it begins, when that ends with a dot. `says`: what its detail must hold."""

    failure: str
    code: str
    because: str
    says: str = ""

    def covers(self, failure: Failure, response: Response) -> bool:
        if type(failure).__name__ != self.failure:
            return False
        told = response.json() if "problem+json" in " ".join(response.headers.get("content-type", [])) else {}
        code = str(told.get("code", ""))
        known = code.startswith(self.code) if self.code.endswith(".") else code == self.code
        return known and self.says in str(told)


VALID_AND_REFUSED = "RejectedPositiveData"

DECISIONS = [
    *(
        Decision(VALID_AND_REFUSED, f"{module}.", "What is well put may still be forbidden by the state of things.")
        for module in ("catalog", "inventory", "notifications", "orders", "payments", "shipping")
    ),
    Decision(
        VALID_AND_REFUSED,
        "idempotency_key_reused",
        "The same key for another request is refused; no schema can say which keys there were.",
    ),
    Decision(
        VALID_AND_REFUSED,
        "idempotency_key_invalid",
        "A key with a comma may be two, joined. It says so in words: another pattern would break a promise.",
    ),
    Decision(
        VALID_AND_REFUSED,
        "precondition_failed",
        "Which version there is by now no schema can say, nor that an ETag is one of ours, as its form may change.",
    ),
    Decision(
        VALID_AND_REFUSED,
        "precondition_required",
        "If-Match or expected_version: no schema can ask for one of a header and a field.",
    ),
    Decision(
        VALID_AND_REFUSED,
        "invalid_cursor",
        "A cursor is opaque: that it comes from a page is said in words, as its form may change.",
    ),
    Decision(
        VALID_AND_REFUSED,
        "webhook_signature_invalid",
        "Only the provider and the carrier can sign what they send.",
    ),
    Decision(
        VALID_AND_REFUSED,
        "validation_failed",
        "JSON Schema takes 300.0 for an integer. We do not: who sends floats will one day send 19.99 for an amount.",
        says="'code': 'int_type'",
    ),
    Decision(
        VALID_AND_REFUSED,
        "validation_failed",
        "What is nothing but white space is empty: no schema can say so.",
        says="'code': 'string_too_short'",
    ),
    Decision(
        VALID_AND_REFUSED,
        "validation_failed",
        "What is answered, too, is described open, as answers may have more fields one day. In bodies it is closed.",
        says="'code': 'unknown_field'",
    ),
    Decision(
        VALID_AND_REFUSED,
        "malformed",
        "What is described open may hold anything, but not however deep it nests.",
        says="nested deeper",
    ),
    Decision(
        VALID_AND_REFUSED,
        "malformed",
        "A file of products is text in UTF-8: no schema can say so of bytes.",
        says="not in UTF-8",
    ),
    Decision(
        VALID_AND_REFUSED,
        "malformed",
        "No database takes the character NUL. It is refused in every text; to say so at each would drown the schemas.",
        says="NUL",
    ),
    Decision(
        VALID_AND_REFUSED,
        "invalid_parameter",
        "The same, in parameters.",
        says="NUL",
    ),
    Decision(
        VALID_AND_REFUSED,
        "validation_failed",
        "Rules about several fields at once, and a few about one, are beyond JSON Schema; each is named in errors.",
        says="'code': 'value_error'",
    ),
    Decision(
        VALID_AND_REFUSED,
        "invalid_parameter",
        "The same, of parameters: as that a time begins before it ends.",
        says="'code': 'value_error'",
    ),
]


def is_decided(failure: Failure, response: Response) -> bool:
    return any(decision.covers(failure, response) for decision in DECISIONS)
