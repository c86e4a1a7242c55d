#!/usr/bin/env bash
# A shop from the outside: browse, order, decline, cancel, return, refund, and a webhook, with curl.
#
#     TEARLINE_KEY=sk_test_… examples/curl/walkthrough.sh
#
# Needs curl, openssl and python3, which picks values out of answers.
set -euo pipefail

URL=${TEARLINE_URL:-http://127.0.0.1:8000}
API=$URL/api/v1

get() { curl -sS -H "Authorization: Bearer $TEARLINE_KEY" "$API$1"; }

post() {
  curl -sS -X POST "$API$1" -H "Authorization: Bearer $TEARLINE_KEY" -H "Idempotency-Key: $(new_key)" \
    -H "Prefer: wait=10" -H "Content-Type: application/json" ${2:+-d "$2"}
}

new_key() { python3 -c 'import uuid; print(uuid.uuid4())'; }

# `pick 'data/0/name'`: a value of the JSON that comes in, or nothing.
pick() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1].split("/"):
    value = (value[int(name)] if int(name) < len(value) else None) if isinstance(value, list) else (value or {}).get(name)
print("" if value is None else value)' "$1"
}

order() { # card, postal code
  post /orders '{"email": "ada@example.com", "lines": [{"sku": "NOTE-LINES", "quantity": 1}], "payment_method": "'"$1"'",
    "ship_to": {"name": "Ada Lovelace", "line1": "12 St James Square", "city": "London", "postal_code": "'"$2"'",
    "country": "GB"}}'
}

# `until_it_is cancelled status /orders/…`: looks again until it is so, for a minute.
until_it_is() {
  for _ in $(seq 300); do
    [ "$(get "$3" | pick "$2")" = "$1" ] && return
    sleep 0.2
  done
  echo "not in time: $2 of $3 is $1" >&2
  exit 1
}

echo "browse: $(get '/products?limit=1' | pick data/0/name)"

echo "order: $(order pm_card_ok 'SW1Y 4JH' | pick status)"

echo "decline: $(order pm_card_declined 'SW1Y 4JH' | pick failure/code)"

id=$(order pm_card_ok 'SW1Y 4JH' | pick id)
post "/orders/$id/cancel" '{"reason": "changed my mind"}' >/dev/null
until_it_is cancelled status "/orders/$id"
echo "cancel: cancelled"
wish='{"lines": [{"sku": "NOTE-LINES", "quantity": 1}], "reason": "too small"}'
echo "refused: $(post "/orders/$id/returns" "$wish" | pick code)"

# Parcels to SIM-FAST are at the door at once. The carrier's webhook says so; here, we send it.
id=$(order pm_card_ok SIM-FAST | pick id)
until_it_is ready data/0/state "/shipments?order_id=$id"
number=$(get "/shipments?order_id=$id" | pick data/0/tracking_number)
body='{"id": "evt_'$number'", "description": "tracker.updated", "result": {"tracking_code": "'$number'"}}'
signature=$(printf %s "$body" | openssl dgst -sha256 -hmac simulated -r | cut -d ' ' -f 1)
curl -sS "$API/shipments/webhooks/simulated" -H "X-Hmac-Signature: hmac-sha256-hex=$signature" -d "$body" >/dev/null
until_it_is delivered fulfillment_status "/orders/$id"
return=$(post "/orders/$id/returns" "$wish" | pick id)
echo "return: $(post "/orders/$id/returns/$return/receive" '{}' | pick state)"
post "/orders/$id/returns/$return/refund" >/dev/null
until_it_is refunded 0/state "/orders/$id/returns"
echo "refund: refunded"

# What arrives is verified by examples/python/receiver.py; here, nobody listens, and the log of deliveries says so.
endpoint=$(post /webhooks/endpoints '{"url": "http://127.0.0.1:9/hooks", "types": ["order.confirmed"]}' | pick endpoint/id)
post "/webhooks/endpoints/$endpoint/test" | pick type | sed 's/^/webhook: /'
curl -sS -X DELETE "$API/webhooks/endpoints/$endpoint" -H "Authorization: Bearer $TEARLINE_KEY" \
  -H "Idempotency-Key: $(new_key)" >/dev/null
