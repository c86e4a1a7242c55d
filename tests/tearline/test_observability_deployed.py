"""The dashboard and the alert rules speak of metrics that are really there, in expressions that Prometheus can read."""

import functools
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import promql_parser
import pytest
import yaml

from tearline.models import SagaRow
from tearline.observability import leases_lost, parkings, retries, target_rejections, target_retries
from tearline.resilience._unanswered import Because
from tests.journeys.shop import Shop
from tests.tearline.observed import Samples, scraped

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "deploy/observability"
DURATION = re.compile(r"\d+[smh]")

PROMETHEUS_OWN = {"up": {"job", "instance"}}
FROM_SCRAPING = {"job", "instance"}
VALUES = {
    "outcome": {*SagaRow.State.values, "done", "replayed", "refused", "unavailable", "failed", "not asked"},
    "because": {*get_args(Because)},
    "queue": {"outbox", "inbox", "tasks", "sagas"},
    "method": {"GET", "POST"},
    "job": {"tearline"},
}
"""The values that a label can have, where there are few."""

Labels = dict[str, set[str]]


@pytest.fixture
def exported(db: None, mailoutbox: list[object], facades_over_http: None) -> Labels:
    """Every metric that a process shows after an order, one that was undone, and some trouble; with its labels."""
    return _shown_after_some_trade()


@functools.cache  # what a process has shown it goes on showing
def _shown_after_some_trade() -> Labels:
    shop = Shop()
    shop.order("MUG-BLUE", 1)
    shop.order("MUG-BLUE", 1, card="pm_card_declined")
    shop.settle()
    for trouble in (retries, parkings, leases_lost):
        trouble.labels("orders", "sagas").inc(0)
    target_retries.labels("payments.provider").inc(0)
    target_rejections.labels("payments.provider", "isolated").inc(0)
    return labels_of(scraped())


def labels_of(samples: Samples) -> Labels:
    found: Labels = {}
    for name, labels in samples:
        found.setdefault(name, set()).update(label for label, _ in labels)
    return found


def loaded(name: str) -> Any:
    text = (ROOM / name).read_text()
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


def rules() -> list[dict[str, Any]]:
    return [rule for group in loaded("alerts.yml")["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = loaded("dashboard.json")["panels"]
    return found


def expressions() -> Iterator[tuple[str, str]]:
    """Where each stands, and the expression, with the dashboard's variables as Grafana fills them in."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"].replace("$__rate_interval", "1m").replace("$module", "orders|payments")


def wrong(expression: str, exported: Labels) -> list[str]:
    """What Prometheus would not find, or could not read."""
    try:
        parsed = promql_parser.parse(expression)
    except ValueError as error:
        return [str(error)]
    return [*_wrong_below(parsed, exported)]


def _wrong_below(node: Any, exported: Labels) -> Iterator[str]:
    """Through the whole tree: selectors are checked as they are, groupings against the selectors below them."""
    for selector in _selectors(node):
        known = exported | PROMETHEUS_OWN
        if selector.name not in known:
            yield f"no metric is named {selector.name}"
            continue
        for matcher in selector.matchers.matchers:
            yield from _wrong_matcher(matcher, known[selector.name] | FROM_SCRAPING, selector.name)
    for aggregate in _nodes(node, promql_parser.AggregateExpr):
        below = {label for each in _selectors(aggregate) for label in exported.get(each.name, set()) | FROM_SCRAPING}
        grouped = aggregate.modifier.labels if aggregate.modifier else []
        yield from (f"nothing below has the label {label}" for label in grouped if label not in below)


def _wrong_matcher(matcher: Any, known: set[str], name: str) -> Iterator[str]:
    if matcher.name not in known:
        yield f"{name} has no label {matcher.name}"
    for text in str(matcher.value).split("|"):
        if matcher.name in VALUES and text not in VALUES[matcher.name]:
            yield f"{matcher.name} is never {text}"


def _selectors(node: Any) -> list[Any]:
    return _nodes(node, promql_parser.VectorSelector)


def _nodes(node: Any, kind: type) -> list[Any]:
    """Those of one kind in a tree, the top included."""
    children = [getattr(node, name, None) for name in ("lhs", "rhs", "expr", "param", "vector_selector")]
    children += getattr(node, "args", None) or []
    below = [found for child in children if child is not None for found in _nodes(child, kind)]
    return [node, *below] if isinstance(node, kind) else below


def test_every_expression_can_be_read_and_finds_its_metrics(exported: Labels) -> None:
    assert {place: found for place, text in expressions() if (found := wrong(text, exported))} == {}
    assert len(list(expressions())) > 40


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("sum by (queue) (tearline_queue_lagg_seconds)", "no metric is named tearline_queue_lagg_seconds"),
        ('rate(tearline_tasks_total{outcom="done"}[5m])', "tearline_tasks_total has no label outcom"),
        ('rate(tearline_sagas_total{outcome=~"complete|undone"}[5m])', "outcome is never complete"),
        ("sum by (listener) (rate(tearline_tasks_total[5m]))", "nothing below has the label listener"),
        ("sum by (queue (tearline_queue_due)", "unclosed left parenthesis"),
        ("rate(tearline_tasks_total)", "expected type matrix"),
    ],
)
def test_an_expression_that_prometheus_would_not_like_is_found(exported: Labels, expression: str, why: str) -> None:
    assert why in "; ".join(wrong(expression, exported))


def test_every_metric_of_ours_is_shown_somewhere(exported: Labels) -> None:
    shown = {selector.name for _, text in expressions() for selector in _selectors(promql_parser.parse(text))}
    families = {name for name in exported if name.startswith("tearline_") and not name.endswith(("_count", "_sum"))}
    assert families - shown == {
        "tearline_query_seconds_bucket",
        "tearline_task_seconds_bucket",
        "tearline_undo_seconds_bucket",
    }


def test_every_alert_says_how_soon_and_what_and_is_explained() -> None:
    explained = (ROOT / "docs/observability.md").read_text()
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert DURATION.fullmatch(rule.get("for", "0s"))
        assert rule["annotations"]["summary"]
        assert f"`{rule['alert']}`" in explained
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_what_an_alert_names_is_what_its_expression_leaves_over() -> None:
    for rule in rules():
        named = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        grouped = [
            set(node.modifier.labels) for node in _nodes(promql_parser.parse(rule["expr"]), promql_parser.AggregateExpr)
        ]
        assert all(named <= labels for labels in grouped) or named <= FROM_SCRAPING, rule["alert"]


def test_no_two_panels_lie_on_each_other() -> None:
    assert len({panel["id"] for panel in panels()}) == len(panels())
    for one, other in itertools.combinations([panel["gridPos"] for panel in panels()], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels())


def test_prometheus_is_told_of_the_rules_and_how_to_ask() -> None:
    told = loaded("prometheus.yml")
    (job,) = told["scrape_configs"]
    assert told["rule_files"] == ["alerts.yml"]
    assert (job["job_name"], job["metrics_path"], job["authorization"]["type"]) == ("tearline", "/metrics", "Bearer")
