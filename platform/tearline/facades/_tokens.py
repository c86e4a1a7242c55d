"""Who calls from another process, as its token says."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tearline import tokens
from tearline.tokens import NotBelieved


class Identity(BaseModel):
    """Whose call it is. `process`: where it comes from; `asked_by`: on whose behalf the caller acts."""

    model_config = ConfigDict(frozen=True, strict=True, populate_by_name=True)

    process: str = Field(alias="sub")
    caller: str = Field(min_length=1)
    asked_by: str


def signed(identity: Identity, *, audience: str, keys: Sequence[str]) -> str:
    """A token for the process of this name. Of `keys` there must be one."""
    return tokens.signed(identity.model_dump(by_alias=True), use="call", audience=audience, keys=keys)


def believed(token: str, *, audience: str, keys: Sequence[str]) -> Identity:
    """Whose call it is. `audience`: the process that we are. Raises NotBelieved."""
    try:
        return Identity.model_validate(tokens.believed(token, use="call", audience=audience, keys=keys))
    except ValidationError as error:
        raise NotBelieved(str(error)) from error
