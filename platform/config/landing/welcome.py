"""What the server says once it listens: where to look, and one order to place."""

import json

from django.conf import settings

from tearline.api.keys import development_key

ORDER = {
    "email": "ada@example.com",
    "ship_to": {
        "name": "Ada Lovelace",
        "line1": "12 St James Square",
        "city": "London",
        "postal_code": "SW1Y 4JH",
        "country": "GB",
    },
    "lines": [{"sku": "MUG-BLUE", "quantity": 2}],
    "payment_method": "pm_card_ok",
}


def welcome(url: str) -> str:
    """Lines for a terminal. The curl works as printed while the server runs; each time it places another order."""
    by_hand = f"{url}/ to place an order by hand, " if settings.HAS_PAGES else ""
    return f"""
Open {by_hand}{url}/api/v1/docs to see the API, or try:

curl -sS {url}/api/v1/orders \\
  -H "Authorization: Bearer {development_key()}" \\
  -H "Idempotency-Key: $(date +%s)-$RANDOM" \\
  -H "Prefer: wait=10" \\
  -H "Content-Type: application/json" \\
  -d '{json.dumps(ORDER)}'

"payment_method": "pm_card_declined" shows an order being undone. Ctrl-C stops.
"""
