"""An API with a bug of each kind that fuzzing is there to find, and a view that is sound."""

import json
from typing import Annotated, Any

from django.http import HttpResponse
from django.urls import path
from ninja import Query, Router
from pydantic import Field

from tearline.api import IdempotencyKey, KeyedRequest, RestApi, key_with
from tearline.contracts import Contract

THEIRS = "ord_of_another_customer"

router = Router(tags=["planted"], auth=key_with("planted:read"))


class Pot(Contract):
    """What is told."""

    name: str
    litres: int


class NewPot(Contract):
    """What is asked for."""

    name: Annotated[str, Field(min_length=1, max_length=20)]
    litres: int = Field(ge=1, le=99, strict=True)


def _json(value: object, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(value), status=status, content_type="application/json")


@router.post("/pots/sound", response={201: Pot})
def sound(request: KeyedRequest, pot: NewPot, key: IdempotencyKey) -> Any:
    """Does as it says."""
    return _json({"name": pot.name, "litres": pot.litres}, status=201)


@router.get("/pots/crashes", response=Pot)
def crashes(request: KeyedRequest, litres: Query[int]) -> Any:
    """Nobody thought of zero."""
    return _json({"name": "pot", "litres": 100 // litres})


@router.get("/pots/lies", response=Pot)
def lies(request: KeyedRequest) -> Any:
    """Answers what its schema forbids."""
    return _json({"name": "pot", "litres": "three"})


@router.get("/pots/undescribed", response=Pot)
def undescribed(request: KeyedRequest) -> Any:
    """Answers a status of which nobody was told."""
    return HttpResponse(status=204)


@router.post("/pots/lax", response=Pot)
def lax(request: KeyedRequest) -> Any:
    """Takes what it says that it refuses."""
    return _json({"name": "pot", "litres": 1})


@router.post("/pots/keyless", response=Pot)
def keyless(request: KeyedRequest) -> Any:
    """Does without the header that it says it needs."""
    return _json({"name": "pot", "litres": 1})


@router.post("/pots/picky", response=Pot)
def picky(request: KeyedRequest, pot: NewPot) -> Any:
    """Refuses what it says that it takes."""
    return _json({"code": "validation_failed"}, status=422)


@router.get("/pots/open", response=Pot, auth=None)
def opened(request: KeyedRequest) -> Any:
    """Says that it asks for a key, and does not."""
    return _json({"name": "pot", "litres": 1})


@router.get("/pots/theirs", response=Pot)
def theirs(request: KeyedRequest) -> Any:
    """Tells what is somebody else's."""
    return _json({"name": THEIRS, "litres": 1})


class Lying(RestApi):
    """Describes some views as they should have been."""

    def get_openapi_schema(self, **told: Any) -> Any:
        schema = super().get_openapi_schema(**told)
        paths, base = schema["paths"], "/api/v1/pots"
        sound = paths[f"{base}/sound"]["post"]
        paths[f"{base}/lax"]["post"]["requestBody"] = sound["requestBody"]
        paths[f"{base}/keyless"]["post"]["parameters"] = sound["parameters"]
        paths[f"{base}/open"]["get"]["security"] = sound["security"]
        return schema


api = Lying(title="Planted", version="v1", description="Bugs.")
api.mount("planted", router, prefixes=["/pots"])
urlpatterns = [path("api/v1/", api.urls)]
