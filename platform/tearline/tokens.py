"""How one process knows another: a token that is signed for one process, for one use, and good for a minute.

The keys are known to all processes and to nobody else. The first one signs, each one is believed: to change keys, add
the new one at the end everywhere, then put it first, then take the old one away.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import jwt

LIFE = 60  # seconds
CLOCKS_DIFFER = 10  # seconds, at most
SHORTEST_KEY = 32  # characters

Use = Literal["call", "principal", "customer"]
"""What a token is for: a call on a facade, or a request from outside and whose it is. None is taken for another.

A customer's request has a use of its own, so that nobody who does not know of customers takes it for the shop's.
"""

_ALGORITHM = "HS256"


class NotBelieved(Exception):
    """No token, or one that nobody who knows a key has signed for us and for this use within the last minute."""


def signed(claims: Mapping[str, Any], *, use: Use, audience: str, keys: Sequence[str]) -> str:
    """A token for the process of this name. The claims must name a subject, `sub`. Of `keys` there must be one."""
    now = int(time.time())
    told = dict(claims) | {"aud": audience, "iat": now, "exp": now + LIFE}
    return jwt.encode(told, keys[0], _ALGORITHM, headers={"typ": _type_of(use)})


def believed(token: str, *, use: Use, audience: str, keys: Sequence[str]) -> dict[str, Any]:
    """The claims. `audience`: the process that we are. Raises NotBelieved."""
    for key in keys:
        try:
            whole = jwt.decode_complete(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=audience,
                leeway=CLOCKS_DIFFER,
                options={"require": ["exp", "iat", "sub", "aud"]},
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidTokenError as error:
            raise NotBelieved(str(error)) from error
        if whole["header"].get("typ") != _type_of(use):
            raise NotBelieved("it is for another use")
        claims: dict[str, Any] = whole["payload"]
        return claims
    raise NotBelieved("signed by nobody whom we know")


def _type_of(use: Use) -> str:
    """As RFC 8725, section 3.11, advises: types that are told apart."""
    return f"tearline-{use}+jwt"
