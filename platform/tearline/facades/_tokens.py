"""Who calls from another process: a token that is signed for one process and good for a minute.

The keys are known to all processes and to nobody else. The first one signs, each one is believed: to change keys, add
the new one at the end everywhere, then put it first, then take the old one away.
"""

import time
from collections.abc import Sequence

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

LIFE = 60  # seconds
CLOCKS_DIFFER = 10  # seconds, at most
SHORTEST_KEY = 32  # characters

_ALGORITHM = "HS256"


class NotBelieved(Exception):
    """No token, or one that nobody who knows a key has signed for us within the last minute."""


class Identity(BaseModel):
    """Whose call it is. `process`: where it comes from; `asked_by`: on whose behalf the caller acts."""

    model_config = ConfigDict(frozen=True, strict=True, populate_by_name=True)

    process: str = Field(alias="sub")
    caller: str = Field(min_length=1)
    asked_by: str


def signed(identity: Identity, *, audience: str, keys: Sequence[str]) -> str:
    """A token for the process of this name. Of `keys` there must be one."""
    now = int(time.time())
    claims = identity.model_dump(by_alias=True) | {"aud": audience, "iat": now, "exp": now + LIFE}
    return jwt.encode(claims, keys[0], _ALGORITHM)


def believed(token: str, *, audience: str, keys: Sequence[str]) -> Identity:
    """Whose call it is. `audience`: the process that we are. Raises NotBelieved."""
    for key in keys:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=audience,
                leeway=CLOCKS_DIFFER,
                options={"require": ["exp", "iat", "sub", "aud"]},
            )
            return Identity.model_validate(claims)
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValidationError) as error:
            raise NotBelieved(str(error)) from error
    raise NotBelieved("signed by nobody whom we know")
