"""Issues API keys, changes them, and recognises them."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tearline.api._principals import Principal
from tearline.api.models import EVERYTHING, ApiKey, is_scope

_CUSTOMER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEVELOPMENT = "development"
_LONGEST_NAME = 100
_SHOWN = 14  # "sk_test_" and six characters
_NOTED_EVERY = timedelta(minutes=1)


class NotUsable(Exception):
    """The key has expired, was revoked, or another has taken its place already: nothing is to take it now."""


def issue(
    *,
    name: str,
    scopes: Sequence[str],
    live: bool = False,
    expires_at: datetime | None = None,
    customer: str | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its token (`sk_test_…` or `sk_live_…`), which nobody can ever read again.

    `customer`: of whose things alone it opens what its scopes say, and only where routes are open to customers.

    Raises ValueError when a scope is not of the form `orders:read`, or "*" for all; or a name is none.
    """
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise ValueError(f"a key is named by its use, in 1 to {_LONGEST_NAME} characters")
    if wrong := [scope for scope in scopes if not is_scope(scope)]:
        raise ValueError(f"not a scope of the form orders:read: {', '.join(wrong)}")
    if customer is not None and not _CUSTOMER.fullmatch(customer):
        raise ValueError(f"not the name of a customer, such as cus_42: {customer!r}")
    token = _new_token(live=live)
    told = {"name": name, "scopes": list(scopes), "expires_at": expires_at, "customer": customer}
    return _register(token, **told), token


def rotate(key_id: str, *, overlap: timedelta) -> tuple[ApiKey, str]:
    """A key that takes this one's place, and its token. Both open the same, until the overlap is over.

    The new one lives for as long as the old one was issued for. Raises ApiKey.DoesNotExist, NotUsable.
    """
    with transaction.atomic(using=ApiKey.objects.db):
        old, now = ApiKey.objects.select_for_update().get(pk=key_id), timezone.now()
        if not old.is_usable:
            raise NotUsable(f"{old} has expired, or was revoked")
        if heir := ApiKey.objects.filter(acts_as=old.known_as, id__gt=old.id, revoked_at=None).first():
            raise NotUsable(f"{heir.id} has taken the place of {old} already: change that one")
        token = _new_token(live=old.prefix.startswith("sk_live_"))
        told = {"name": old.name, "scopes": old.scopes, "customer": old.customer, "acts_as": old.known_as}
        new = _register(token, expires_at=old.expires_at and now + (old.expires_at - old.created_at), **told)
        old.expires_at = min(now + overlap, old.expires_at or now + overlap)
        old.save(update_fields=["expires_at"])
    return new, token


def carrier_of(token: str) -> Principal | None:
    """Who carries this token; None when it is unknown, expired or revoked.

    The look-up by hash needs no comparison in constant time: to steer the hash one would have to know the token.
    """
    key = ApiKey.objects.filter(hash=_hash(token)).first()
    if key is None or not key.is_usable:
        return None
    _note_use(key)
    return Principal(key_id=key.known_as, scopes=frozenset(key.scopes), customer=key.customer)


def development_key() -> str:
    """The token of this checkout's development key, which may do everything. It stays the same while its file stays.

    Raises ImproperlyConfigured unless DEBUG is on.
    """
    if not settings.DEBUG:
        raise ImproperlyConfigured("A development key opens everything; there is none without DEBUG.")
    file = Path(settings.VAR) / "development-key"
    token = file.read_text().strip() if file.exists() else ""
    if not token or _is_dead(token):
        token = _new_token(live=False)
        _write_privately(file, token)
    if carrier_of(token) is None:
        _register(token, name=_DEVELOPMENT, scopes=[EVERYTHING])
    return token


def a_development_key_opens() -> bool:
    """Whether one that was made with DEBUG on still opens everything here."""
    made = ApiKey.objects.filter(name=_DEVELOPMENT, revoked_at=None)
    return any(key.is_usable and EVERYTHING in key.scopes for key in made)


def _new_token(*, live: bool) -> str:
    return f"sk_{'live' if live else 'test'}_{secrets.token_hex(24)}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def _register(token: str, **told: Any) -> ApiKey:
    key, _ = ApiKey.objects.get_or_create(hash=_hash(token), defaults={"prefix": token[:_SHOWN], **told})
    return key


def _note_use(key: ApiKey) -> None:
    """At most one write a minute, however many requests and processes there are."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - _NOTED_EVERY:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTED_EVERY)
        ApiKey.objects.filter(long_ago, id=key.id).update(last_used_at=now)


def _is_dead(token: str) -> bool:
    key = ApiKey.objects.filter(hash=_hash(token)).first()
    return key is not None and not key.is_usable


def _write_privately(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(f"{text}\n")
    draft.replace(file)
