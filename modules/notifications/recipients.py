"""Who wants no letters, or not these. Addresses are kept as digests: enough to know one again."""

import hashlib

from django.db.models import QuerySet

from modules.notifications.contracts import (
    CannotBeRefused,
    Channel,
    KnownRecipient,
    LiftSuppression,
    Preference,
    SetPreference,
    SuppressAddress,
    SuppressionNotFound,
    SuppressionReason,
    TemplateUnknown,
)
from modules.notifications.letters import REFUSABLE, TEMPLATES, masked
from modules.notifications.models import Notification, Suppression, Unwanted

UNWANTED = "unwanted"


def reason_against(notification: Notification, address: str) -> str:
    """Why it is not sent to this address: why that is suppressed, or that it does not want such letters. "" if it is.

    A letter that nobody may refuse is sent whatever was said of it before it became one.
    """
    found = Suppression.objects.filter(channel=notification.channel, digest=digest_of(address)).first()
    if found:
        return found.reason
    refused = Unwanted.objects.filter(digest=digest_of(address), template=notification.template)
    return UNWANTED if notification.template in REFUSABLE and refused.exists() else ""


def suppress(channel: Channel, address: str, reason: SuppressionReason) -> Suppression:
    """Send nothing there any more. The first reason stays."""
    found, _ = Suppression.objects.get_or_create(
        channel=channel, digest=digest_of(address), defaults={"reason": reason, "address_hint": masked(address)}
    )
    return found


def suppress_by_hand(request: SuppressAddress) -> Suppression:
    return suppress(request.channel, request.address, "by_hand")


def lift(request: LiftSuppression) -> Suppression:
    """Raises SuppressionNotFound."""
    found = Suppression.objects.filter(id=request.suppression_id).first()
    if found is None:
        raise SuppressionNotFound(suppression_id=request.suppression_id)
    Suppression.objects.filter(id=found.id).delete()
    return found


def suppressions() -> QuerySet[Suppression]:
    return Suppression.objects.all()


def prefer(request: SetPreference) -> Preference:
    """Raises TemplateUnknown, CannotBeRefused."""
    if request.template not in TEMPLATES:
        raise TemplateUnknown(template=request.template)
    if request.template not in REFUSABLE and not request.wanted:
        raise CannotBeRefused(template=request.template)
    digest = digest_of(request.address)
    if request.wanted:
        Unwanted.objects.filter(digest=digest, template=request.template).delete()
    else:
        Unwanted.objects.get_or_create(digest=digest, template=request.template)
    return Preference(address_hint=masked(request.address), template=request.template, wanted=request.wanted)


def known(address: str) -> KnownRecipient:
    """Whether anything is sent there, and which letters it wants, of those that may be refused."""
    digest, hint = digest_of(address), masked(address)
    unwanted = set(Unwanted.objects.filter(digest=digest).values_list("template", flat=True))
    return KnownRecipient(
        address_hint=hint,
        suppressions=[found.to_contract() for found in Suppression.objects.filter(digest=digest).order_by("id")],
        preferences=[
            Preference(address_hint=hint, template=template, wanted=template not in unwanted)
            for template in sorted(REFUSABLE)
        ],
    )


def digest_of(address: str) -> str:
    """Alike for however an address is written. Whoever has a list of addresses can still tell which ones are meant."""
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()
