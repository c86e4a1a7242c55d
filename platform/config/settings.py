"""The composition root: what runs here, with which databases. Everything that differs between places is a variable.

One that holds what it should not is refused at start, by its name: see `config.environment`. An empty one is not given.

| variable | means | default |
|---|---|---|
| `TEARLINE_PROCESS` | which process of the topology this is | the first whose modules are here |
| `TEARLINE_TOPOLOGY_FILE` | which process hosts which modules: see `tearline.topology` | `topology.toml` |
| `TEARLINE_SERVICE_KEYS` | sign calls between processes: see `tearline.tokens` | nobody is believed |
| `TEARLINE_VAR` | folder of everything that is kept locally | `var/` of the repository |
| `TEARLINE_FACADES` | how our own facades are called: `direct`, `wire` (as JSON) or `http` (by our `url`) | `direct` |
| `TEARLINE_RETRY` | arguments of `tearline.work.Retry`, as JSON: how failed work is tried again | its own defaults |
| `TEARLINE_POLICY` | fields of `tearline.resilience.Policy`, as JSON, that hold for every target | each target's own |
| `TEARLINE_SERVER_THREADS` | how many requests are served at once | 16 |
| `TEARLINE_SERVER_QUEUE` | how many more wait for their turn; all others are refused: see `tearline.admission` | 32 |
| `TEARLINE_SERVER_PATIENCE` | how many seconds one waits for its turn, at most | 1 |
| `TEARLINE_LEAVE_SECONDS` | how long a server that was told to end (SIGTERM) answers those who still ask | 0 |
| `EVENTS_URL` | carries events between processes: `redis://…` or `kafka://<host>:<port>,…` | `REDIS_URL` |
| `REDIS_URL` | where Celery's workers are woken; see `tearline.wake_ups` | nobody is woken |
| `DATABASE_URL`, `<NAME>_DATABASE_URL`, … | see `tearline.databases.settings` | SQLite files |
| `<NAME>_MOVES_TO_DATABASE_URL` | where `manage.py move` takes a module, `<NAME>` | it stays |
| `DEBUG` | 1 or 0 | 1 on SQLite alone, else 0 |
| `SECRET_KEY` | signs sessions and cursors; without DEBUG it must be given | made once, kept in `var/` |
| `EMAIL_HOST`, `EMAIL_PORT`, `…_HOST_USER`, `…_HOST_PASSWORD`, `…_USE_TLS` | the mail server | files in `var/mail/` |
| `EMAIL_PROVIDER` | a mail provider instead, as django-anymail names it: `postmark`, `mailgun`, … | a mail server |
| `EMAIL_PROVIDER_SETTINGS` | django-anymail's `ANYMAIL`, as JSON: its keys, and what its webhooks are known by | `{}` |
| `PAYMENT_PROVIDER`, `SHIPPING_CARRIER` | dotted paths of the adapters to the outside world | simulated |
| `INVENTORY_ALLOCATION` | dotted path of what chooses locations for orders | `….allocation.whole_order_first` |
| `ORDERS_TAX_PERCENT` | by the country that is delivered to, or `*`, as JSON: `{"DE": "19", "*": "0"}` | no tax |
| `ORDERS_PRICES_INCLUDE_TAX` | 1: prices and shipping charges are gross, 0: they are net | 1 |
| `ORDERS_SHIPPING_CHARGES` | for an order, by currency in minor units, as JSON: `{"EUR": 490}` | none |
| `ORDERS_PAY_WITHIN_MINUTES` | after that, an order that is pending still expires | it does not |
| `ORDERS_DRAFTS_KEPT_DAYS` | after that, a draft that nobody touches expires; 0: it does not | 30 |
| `PAYMENT_STRIPE_KEY` | the secret key, for `modules.payments.adapters.stripe.StripeProvider` | must be given for it |
| `PAYMENT_STRIPE_URL` | where Stripe is | https://api.stripe.com |
| `PAYMENT_WEBHOOK_SECRET` | by which the payment provider signs webhooks | `simulated` with DEBUG, else none are |
| `PAYMENT_SIMULATED_WEBHOOKS` | URL to which the simulated provider sends its webhooks | nowhere |
| `SHIPPING_WEBHOOK_SECRET` | by which the carrier signs webhooks | `simulated` with DEBUG, else none are |
| `SHIPPING_SIMULATED_SPEED` | how many times faster than real ones the simulated carrier's parcels are | 1 |
| `NOTIFICATIONS_TEXTS` | dotted path of what sends texts to phones: `….adapters.twilio.TwilioTexts` | simulated |
| `NOTIFICATIONS_TWILIO_ACCOUNT`, `…_TOKEN`, `…_FROM` | account, token, the number that sends | must be given for it |
| `NOTIFICATIONS_TWILIO_URL` | where Twilio is | https://api.twilio.com |
| `NOTIFICATIONS_LOCAL_ENDPOINTS` | 1: webhooks may go to this machine, by http too | with DEBUG 1, else 0 |
| `DEFAULT_FROM_EMAIL`, `SHOP_STAFF_EMAIL`, `SHOP_NAME` | who writes to customers, who is told of trouble | made up |
| `SHOP_STAFF_PHONE` | as in `+4930123456`: who gets a text when something ran out | nobody |
| `SHOP_LOCALE` | the language of letters: `en`, `de` | `en` |
| `TEARLINE_RATE_LIMIT` | how often each API key may ask: `100/minute`, `off` | 6000/minute; with DEBUG off |
| `TEARLINE_WRONG_KEYS` | how often wrong keys may come from one address, likewise | 60/minute; with DEBUG off |
| `TEARLINE_WRONG_PASSWORDS` | how often for one name, and from one address | 10/15minutes |
| `TEARLINE_PROXIES` | how many proxies stand before us, each of which adds to `X-Forwarded-For` | 0 |
| `TEARLINE_METRICS_TOKEN` | opens `/metrics` to whoever sends it | nobody's; with DEBUG this machine's |
| `TEARLINE_METRICS_LISTEN` | `<host>:<port>` where a worker answers `/metrics` | nowhere |
| `OTEL_…` | where traces go: see docs/observability.md | nowhere |
| `TLS_PROXY` | 1: all requests from outside come by a proxy that speaks TLS and sets `X-Forwarded-Proto` itself | 0 |
| `ALLOWED_HOSTS` | names that this site answers to, by commas; without DEBUG it must be given | this machine |
"""

import json
import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import environment, secret_key
from config.environment import read, text
from tearline import databases, topology
from tearline.mail import mail_settings

BASE_DIR = Path(__file__).resolve().parents[2]
VAR = Path(text("TEARLINE_VAR") or BASE_DIR / "var").resolve()

# What runs here

TEARLINE_TOPOLOGY_FILE = Path(text("TEARLINE_TOPOLOGY_FILE") or BASE_DIR / "topology.toml")
TEARLINE_TOPOLOGY = topology.load(
    TEARLINE_TOPOLOGY_FILE, modules=BASE_DIR / "modules", process=text("TEARLINE_PROCESS") or None
)
TEARLINE_FACADES = read("TEARLINE_FACADES", environment.BINDING, "direct")
TEARLINE_ALLOWED_CALLS = json.loads(Path(__file__).with_name("allowed_calls.json").read_text(encoding="utf-8"))
TEARLINE_ACCEPTED = Path(__file__).with_name("accepted_crossings.json")  # see tearline.boundaries: it may only shrink
TEARLINE_JOURNEYS = Path(__file__).with_name("journeys.json")  # what an order makes modules do: tearline.readiness
TEARLINE_DEPARTURES = Path(__file__).with_name("departures.json")  # what leaving was measured to add: the same
TEARLINE_CONTRACTS = Path(__file__).with_name("contracts")  # what each module promises: see tearline.snapshots
REDIS_URL = read("REDIS_URL", environment.REDIS, "")
EVENTS_URL = read("EVENTS_URL", environment.BROKER, REDIS_URL)
TEARLINE_SERVER_THREADS = read("TEARLINE_SERVER_THREADS", environment.AT_LEAST_ONE, 16)
TEARLINE_SERVER_QUEUE = read("TEARLINE_SERVER_QUEUE", environment.HOW_MANY, 32)
TEARLINE_SERVER_PATIENCE = read("TEARLINE_SERVER_PATIENCE", environment.SECONDS, 1.0)
# Calls of other processes, most of them steps of orders under way, and what providers have to say of money and parcels.
TEARLINE_URGENT = [
    "/facades/",
    "/api/v1/payments/webhooks/",
    "/api/v1/shipments/webhooks/",
    "/api/v1/notifications/tracking/",
]
TEARLINE_LEAVE_SECONDS = read("TEARLINE_LEAVE_SECONDS", environment.SECONDS, 0.0)
TEARLINE_RETRY = read("TEARLINE_RETRY", environment.NUMBERS, {})

# What the world sees besides the API: the pages, where the gateway hosts the orders that they show.
HAS_PAGES = "orders" in TEARLINE_TOPOLOGY.gateway.modules
TEARLINE_PAGES = ["/", "/demo", "/staff", "/static"] if HAS_PAGES else ["/staff", "/static"]

# What asks several modules, wherever they are, is the gateway's, if it is in this checkout
COMPOSITE_APPS = [
    app
    for app, wanted in {"config.landing": HAS_PAGES, "config.overview": True}.items()
    if TEARLINE_TOPOLOGY.is_gateway and wanted and find_spec(app)
]

INSTALLED_APPS = [
    *(f"modules.{module}" for module in TEARLINE_TOPOLOGY.hosted),
    "tearline",  # before staticfiles: its runserver runs the worker too
    "tearline.api",
    "tearline.resilience",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    *COMPOSITE_APPS,
    "config",
    "ninja",  # the assets of the interactive documentation
]

# In the order in which a request meets them
MIDDLEWARE = [
    "tearline.health.HealthMiddleware",
    "tearline.observability.MetricsMiddleware",
    "tearline.api.RequestIdMiddleware",
    "tearline.observability.RequestsMiddleware",
    "tearline.exchanges.ExchangeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "tearline.content_security.ContentSecurityMiddleware",
    "tearline.api.RateLimitMiddleware",
    "tearline.api.ProblemMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tearline.gateway.GatewayMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False

# Where its data is

DATABASES = databases.configured(TEARLINE_TOPOLOGY.hosted, os.environ, VAR, own=TEARLINE_TOPOLOGY.process.own_databases)
DATABASE_ROUTERS = ["tearline.databases.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMBEDDED = all(database["ENGINE"] == "tearline.databases.sqlite" for database in DATABASES.values())

# Whom it trusts. What is fit for this machine alone is refused elsewhere.

DEBUG = read("DEBUG", environment.FLAG, EMBEDDED)


def _given(variable: str) -> str:
    value = text(variable)
    if not value and not DEBUG:
        raise ImproperlyConfigured(f"{variable} must be given when DEBUG is off")
    return value


TEARLINE_SERVICE_KEYS = [key for key in text("TEARLINE_SERVICE_KEYS").split(",") if key]
# Queries too are refused while a transaction is open, as commands always are; whom a module waits for asks nobody.
TEARLINE_STRICT = DEBUG
SECRET_KEY = _given("SECRET_KEY") or secret_key.kept_in(VAR)
ALLOWED_HOSTS = [host.strip() for host in (_given("ALLOWED_HOSTS") or "localhost,127.0.0.1,[::1]").split(",")]
if TEARLINE_TOPOLOGY.process.url:  # where the other processes reach us
    ALLOWED_HOSTS.append(urlsplit(TEARLINE_TOPOLOGY.process.url).hostname or "")
TEARLINE_RATE_LIMIT = text("TEARLINE_RATE_LIMIT", "off" if DEBUG else "6000/minute")
TEARLINE_WRONG_KEYS = text("TEARLINE_WRONG_KEYS", "off" if DEBUG else "60/minute")
TEARLINE_WRONG_PASSWORDS = text("TEARLINE_WRONG_PASSWORDS", "10/15minutes")
TEARLINE_PROXIES = read("TEARLINE_PROXIES", environment.HOW_MANY, 0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
TLS_PROXY = read("TLS_PROXY", environment.FLAG, False)
if TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    # Other processes ask us without TLS: for facades, and a process that is not the gateway for everything.
    SECURE_SSL_REDIRECT = TEARLINE_TOPOLOGY.is_gateway
    SECURE_REDIRECT_EXEMPT = ["^facades/"]
# What holds for names beside and below ours is for the owner of the domain to say; a process that only others of ours
# ask has nobody to redirect.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if not TEARLINE_TOPOLOGY.is_gateway:
    SILENCED_SYSTEM_CHECKS.append("security.W008")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# What it shows and tells

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# In development files are served from where they lie, and a change shows at once.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False

# Letters are files until a mail server or provider is named. Which names Django has for this depends on its version.
ANYMAIL = read("EMAIL_PROVIDER_SETTINGS", environment.KEYS, {})
EMAIL_PROVIDER = text("EMAIL_PROVIDER")
if EMAIL_PROVIDER:
    globals().update(mail_settings(f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"))
elif text("EMAIL_HOST"):
    globals().update(
        mail_settings(
            "django.core.mail.backends.smtp.EmailBackend",
            host=text("EMAIL_HOST"),
            port=read("EMAIL_PORT", environment.PORT, 25),
            username=text("EMAIL_HOST_USER"),
            password=text("EMAIL_HOST_PASSWORD"),
            use_tls=read("EMAIL_USE_TLS", environment.FLAG, False),
            timeout=10,
        )
    )
else:
    globals().update(mail_settings("django.core.mail.backends.filebased.EmailBackend", file_path=VAR / "mail"))
DEFAULT_FROM_EMAIL = read("DEFAULT_FROM_EMAIL", environment.SENDER, "Tearline Shop <shop@shop.example>")
SHOP_NAME = text("SHOP_NAME", "Tearline Shop")
SHOP_STAFF_EMAIL = read("SHOP_STAFF_EMAIL", environment.ADDRESS, "staff@shop.example")
SHOP_STAFF_PHONE = read("SHOP_STAFF_PHONE", environment.PHONE, "")
SHOP_LOCALE = text("SHOP_LOCALE", "en")
OVERVIEW_SECONDS = 3.0  # for all that is known of an order; a module that takes longer is left out
TEARLINE_WELCOME = "config.landing.welcome.welcome" if COMPOSITE_APPS else None

# The outside world, simulated until told otherwise

PAYMENT_PROVIDER = text("PAYMENT_PROVIDER", "modules.payments.adapters.simulated.SimulatedProvider")
PAYMENT_SIMULATED_SLOWNESS = 2.0  # seconds that pm_card_slow takes
PAYMENT_SIMULATED_WEBHOOKS = read("PAYMENT_SIMULATED_WEBHOOKS", environment.URL, "")
PAYMENT_WEBHOOK_SECRET = text("PAYMENT_WEBHOOK_SECRET")
PAYMENT_STRIPE_KEY = text("PAYMENT_STRIPE_KEY")
PAYMENT_STRIPE_URL = read("PAYMENT_STRIPE_URL", environment.URL, "https://api.stripe.com")
if PAYMENT_PROVIDER == "modules.payments.adapters.stripe.StripeProvider":
    if "payments" in TEARLINE_TOPOLOGY.hosted and not (PAYMENT_STRIPE_KEY and PAYMENT_WEBHOOK_SECRET):
        raise ImproperlyConfigured("PAYMENT_STRIPE_KEY and PAYMENT_WEBHOOK_SECRET must be given for Stripe")
else:
    PAYMENT_WEBHOOK_SECRET = PAYMENT_WEBHOOK_SECRET or ("simulated" if DEBUG else "")
SHIPPING_SIMULATED_SPEED = read("SHIPPING_SIMULATED_SPEED", environment.FACTOR, 1.0)
SHIPPING_CARRIER = text("SHIPPING_CARRIER", "modules.shipping.adapters.simulated.SimulatedCarrier")
SHIPPING_WEBHOOK_SECRET = text("SHIPPING_WEBHOOK_SECRET")
if SHIPPING_CARRIER == "modules.shipping.adapters.simulated.SimulatedCarrier":
    SHIPPING_WEBHOOK_SECRET = SHIPPING_WEBHOOK_SECRET or ("simulated" if DEBUG else "")
NOTIFICATIONS_TEXTS = text("NOTIFICATIONS_TEXTS", "modules.notifications.adapters.simulated.SimulatedTexts")
NOTIFICATIONS_TWILIO_ACCOUNT = text("NOTIFICATIONS_TWILIO_ACCOUNT")
NOTIFICATIONS_TWILIO_TOKEN = text("NOTIFICATIONS_TWILIO_TOKEN")
NOTIFICATIONS_TWILIO_FROM = text("NOTIFICATIONS_TWILIO_FROM")
_TWILIO = (NOTIFICATIONS_TWILIO_ACCOUNT, NOTIFICATIONS_TWILIO_TOKEN, NOTIFICATIONS_TWILIO_FROM)
if NOTIFICATIONS_TEXTS.endswith(".TwilioTexts") and "notifications" in TEARLINE_TOPOLOGY.hosted and not all(_TWILIO):
    raise ImproperlyConfigured("NOTIFICATIONS_TWILIO_ACCOUNT, …_TOKEN and …_FROM must be given for Twilio")
NOTIFICATIONS_TWILIO_URL = read("NOTIFICATIONS_TWILIO_URL", environment.URL, "https://api.twilio.com")
NOTIFICATIONS_LOCAL_ENDPOINTS = read("NOTIFICATIONS_LOCAL_ENDPOINTS", environment.FLAG, DEBUG)

# How the modules decide where a shop may decide otherwise

INVENTORY_ALLOCATION = text("INVENTORY_ALLOCATION", "modules.inventory.allocation.whole_order_first")
ORDERS_TAX_PERCENT = read("ORDERS_TAX_PERCENT", environment.PERCENT, {})
ORDERS_PRICES_INCLUDE_TAX = read("ORDERS_PRICES_INCLUDE_TAX", environment.FLAG, True)
ORDERS_SHIPPING_CHARGES = read("ORDERS_SHIPPING_CHARGES", environment.CHARGES, {})
ORDERS_PAY_WITHIN_MINUTES = read("ORDERS_PAY_WITHIN_MINUTES", environment.HOW_MANY, 0)
ORDERS_DRAFTS_KEPT_DAYS = read("ORDERS_DRAFTS_KEPT_DAYS", environment.HOW_MANY, 30)

# What each target outside of this process is granted: see tearline.resilience.Policy, whose defaults fill the gaps

HALF: dict[str, float] = dict.fromkeys(("callers", "connections"), max(TEARLINE_SERVER_THREADS // 2, 1))
PATIENT: dict[str, float] = {"total": 20, "attempt": 15, "slow": 12}
TEARLINE_POLICIES: dict[str, dict[str, float]] = {
    # Open for so short a time that a saga's step, which is asked for a minute, meets it half open several times.
    "payments.provider": {"total": 25, "attempt": 10, "slow": 5, "open_for": 10},
    "shipping.carrier": {"total": 25, "attempt": 10, "slow": 5},
    "notifications.texts": {"total": 25, "attempt": 10, "slow": 5},
    # Longer than django-anymail waits for a provider, and than a mail server may take for three steps of one letter.
    "notifications.mail": {"total": 35, "attempt": 32, "slow": 20, "window": 70},
    # All endpoints of webhooks together leave a worker's other threads alone. What one of them does opens its own
    # circuit: what it took together is longer than any attempt, so that nothing is slow here.
    "notifications.webhooks": {"total": 30, "attempt": 30, "slow": 30, "window": 60, "callers": 2, "connections": 2},
    "notifications.webhook": {"total": 20, "attempt": 20, "slow": 10, "window": 40, "callers": 1, "connections": 1},
    # The facades that somebody may ask, where another process hosts them. Payments take as long as their provider,
    # and shipping as its carrier.
    **{module: {} for asked in TEARLINE_ALLOWED_CALLS.values() for module in asked},
    "payments": {"total": 30, "attempt": 12, "slow": 6, "open_for": 10},
    "shipping": {"total": 30, "attempt": 12, "slow": 6},
    # Where the gateway leads requests from outside. One target gets half of the threads at most; a request may wait for
    # the outcome of an order, and so may one that is shifted.
    **{f"gateway.{module}": HALF for module in TEARLINE_TOPOLOGY.modules},
    **{f"gateway.{name}": HALF | PATIENT for name in ("orders", *(shift.name for shift in TEARLINE_TOPOLOGY.shifts))},
}
TEARLINE_POLICY = read("TEARLINE_POLICY", environment.NUMBERS, {})

# How it is watched

TEARLINE_METRICS_TOKEN = text("TEARLINE_METRICS_TOKEN")
TEARLINE_METRICS_LISTEN = read("TEARLINE_METRICS_LISTEN", environment.LISTEN, "")
TEARLINE_HIDDEN = {r"\bpm_\w+": "(payment method)"}  # besides the secrets and personal data of every shop
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "tearline.observability.line_formatter", "readable": DEBUG}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},  # told once, not by Django's own handler too
        "httpx": {"level": "WARNING"},  # calls are told by spans and metrics, and by whoever answers them
        "stripe": {"level": "WARNING"},
        "tearline.requests": {"level": "WARNING" if DEBUG else "INFO"},  # a page that polls would drown all else
    },
}
