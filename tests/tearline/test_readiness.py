"""What speaks for and against having a module leave, and what follows from it."""

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tearline.journeys import Announced, Journey, NotKept, Writes, keep, kept
from tearline.readiness._crossing import calls_of, forecast, transactions_of
from tearline.readiness._deciding import decided, recommended
from tearline.readiness._departures import keep_departures, kept_departures
from tearline.readiness._history import Unknown, commits_in, coupling_of
from tearline.readiness._load import Metrics, read_metrics, requests_of
from tearline.readiness._people import NotUnderstood, People, Told, said_in
from tearline.readiness._printing import as_screen
from tearline.readiness._report import (
    Coupling,
    Delay,
    Departure,
    Longer,
    Measured,
    Outside,
    Report,
    Requests,
    Transactions,
    Work,
)

TODAY = date(2026, 11, 26)


def measured(**changes: Any) -> Measured:
    """A module against which nothing speaks, and for which nobody needs to do anything."""
    easy: dict[str, Any] = {
        "module": "payments",
        "process": "shop",
        "calls_in": {},
        "calls_out": {},
        "calls_per_order": 4,
        "synchronous": 0.5,
        "events_in": [],
        "events_out": [],
        "transactions": Transactions(per_order=0, widest=[]),
        "database": "shared",
        "tables": {},
        "copying_seconds": 60.0,
        "coupling": Coupling(commits=5, shared=0.9, peers={"orders": 0.29}),
        "work": work(),
        "requests": Requests(count=1, seconds=1.0, share=0.49),
        "outside": {"payments.provider": Outside(circuit="")},
        "read_models_asking_others": [],
        "probe_ms": 1.0,
        "forecast_ms": {"placed": Delay(added=10.0, calls=1, waited_for=True)},
        "departure": None,
        "blockers": [],
    }
    return Measured(**easy | changes)


def work(**changes: Any) -> Work:
    usual: dict[str, Any] = {"done": 9, "share": 0.49, "seconds": 1.0, "retried": 0.049, "lag": 61.0, "parked": 0}
    return Work(**usual | changes)


def placed(added: float, *, waited_for: bool) -> dict[str, Delay]:
    return {"placed": Delay(added=added, calls=1, waited_for=waited_for)}


def given_up(added: float) -> dict[str, Delay]:
    return {"given up": Delay(added=added, calls=1, waited_for=False)}


def told(**module: Any) -> People:
    return People(teams=3, modules={"payments": Told(**module)})


def reasons(report: Report, side: str) -> list[tuple[str, object]]:
    return [(each.because, each.measured) for each in report.reasons if each.for_or_against == side]


EASE = {
    "nothing reaches it, and it reaches nothing, past the doors",
    "it changes by itself, and with orders at the most",
    "it and others seldom call each other for an order",
    "at least half of what passes between it and others are events",
    "whoever waits for an answer would hardly notice, in milliseconds",
}


def test_at_every_bar_nothing_speaks_against_it_yet() -> None:
    report = decided(measured(), People(), today=TODAY)
    assert reasons(report, "against") == []
    assert {because for because, _ in reasons(report, "for")} == EASE
    assert report.recommendation == "could leave"


@pytest.mark.parametrize(
    ("changes", "because", "number"),
    [
        ({"blockers": ["a.py:1: import: …"]}, "modules reach each other past the doors", 1),
        (
            {"coupling": Coupling(commits=5, peers={"catalog": 0.1, "orders": 0.3})},
            "it changes together with orders, so the boundary is not where changes are",
            0.3,
        ),
        ({"calls_per_order": 5}, "it and others call each other too often for an order", 5),
        ({"synchronous": 0.51}, "most of what passes between it and others is waited for", 0.51),
        (
            {"forecast_ms": placed(10.1, waited_for=True)},
            "somebody would wait longer for an answer, in milliseconds",
            10.1,
        ),
        ({"work": work(parked=1)}, "work is parked: an operator has to look at it", 1),
        ({"copying_seconds": 60.1}, "to copy its rows takes longer than a saga waits, in seconds", 60.1),
    ],
)
def test_each_measured_number_past_its_bar_speaks_against_it(
    changes: dict[str, Any], because: str, number: object
) -> None:
    """Then it stays; and a need for it to leave has to wait."""
    report = decided(measured(**changes), People(), today=TODAY)
    assert reasons(report, "against") == [(because, number)]
    assert report.recommendation == "stay"
    assert decided(measured(**changes), told(own_scaling=True), today=TODAY).recommendation == "not yet"


@pytest.mark.parametrize(
    ("changes", "because", "number"),
    [
        ({"work": work(share=0.5, lag=60.0)}, "it has as much work as all others", 0.5),
        (
            {"requests": Requests(count=1, seconds=1.0, share=0.5)},
            "its requests take as long as those of all others",
            0.5,
        ),
        ({"work": work(retried=0.05)}, "its work fails at first, and it asks outside", 0.05),
        (
            {"outside": {"payments.provider": Outside(circuit="open"), "mail": Outside(circuit="")}},
            "whom it asks outside is away, and keeps the others' threads waiting",
            "payments.provider open",
        ),
        ({"database": "its own", "copying_seconds": 90.0}, "its rows are apart already", "its own"),
    ],
)
def test_what_makes_leaving_worth_more_speaks_for_it_and_is_no_need(
    changes: dict[str, Any], because: str, number: object
) -> None:
    report = decided(measured(**changes), People(), today=TODAY)
    assert [found for found in reasons(report, "for") if found[0] not in EASE] == [(because, number)]
    assert report.recommendation == "could leave"


@pytest.mark.parametrize(
    ("changes", "people", "because", "number"),
    [
        (
            {"work": work(share=0.5, lag=60.1)},
            People(),
            "it has as much work as all others, and is behind with it, in seconds",
            60.1,
        ),
        ({}, told(team="money", own_releases=True), "the team money has to release it by itself", 3),
        ({}, told(own_scaling=True), "it has to grow when the others need not", "said"),
    ],
)
def test_a_need_and_nothing_in_the_way_means_that_it_should_leave(
    changes: dict[str, Any], people: People, because: str, number: object
) -> None:
    report = decided(measured(**changes), people, today=TODAY)
    assert reasons(report, "for")[0] == (because, number), "needs come first"
    assert report.recommendation == "should leave"


@pytest.mark.parametrize(
    "module", [{"team": "money"}, {"own_releases": True}, {"team": "money", "own_releases": False}]
)
def test_a_team_without_its_own_releases_is_no_need_and_neither_are_releases_without_a_team(
    module: dict[str, Any],
) -> None:
    assert decided(measured(), told(**module), today=TODAY).recommendation == "could leave"


def test_one_team_speaks_against_it_whatever_it_says_besides() -> None:
    people = People(teams=1, modules={"payments": Told(team="all", own_releases=True)})
    report = decided(measured(), people, today=TODAY)
    assert reasons(report, "against") == [("one team works on all of it, and would run two systems", 1)]
    assert report.recommendation == "stay"


@pytest.mark.parametrize(
    ("deadline", "presses"),
    [("2026-11-25", False), ("2026-11-26", True), ("2027-02-23", True), ("2027-02-24", False)],
)
def test_a_deadline_presses_for_a_quarter_and_not_when_it_is_over(deadline: str, presses: bool) -> None:
    report = decided(measured(), People(deadline=date.fromisoformat(deadline)), today=TODAY)
    assert (reasons(report, "against") != []) is presses


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"blockers": None}, "nothing reaches it, and it reaches nothing, past the doors"),
        ({"coupling": Coupling(unknown="there is no git here")}, "it changes by itself, and with orders at the most"),
        ({"coupling": Coupling(commits=4, peers={"orders": 0.9})}, "it changes by itself, and with orders at the most"),
        ({"synchronous": None}, "at least half of what passes between it and others are events"),
    ],
)
def test_what_is_not_known_speaks_neither_for_nor_against_it(changes: dict[str, Any], lost: str) -> None:
    report = decided(measured(**changes), People(), today=TODAY)
    assert {because for because, _ in reasons(report, "for")} == EASE - {lost}
    assert reasons(report, "against") == []


def test_what_nobody_waits_for_may_take_longer() -> None:
    report = decided(measured(forecast_ms=placed(999.0, waited_for=False)), People(), today=TODAY)
    assert reasons(report, "against") == []


def test_work_that_fails_of_a_module_that_asks_nobody_outside_is_no_reason() -> None:
    report = decided(measured(outside={}, work=work(retried=1.0)), People(), today=TODAY)
    assert {because for because, _ in reasons(report, "for")} == EASE


def test_recommendations_follow_from_the_kinds_of_reasons() -> None:
    assert recommended(["ease"]) == "could leave"
    assert recommended(["ease", "first"]) == recommended(["ease", "cost"]) == "stay"
    assert recommended(["need", "ease"]) == "should leave"
    assert recommended(["need", "first"]) == recommended(["need", "cost"]) == "not yet"


# What people say


def test_what_nobody_has_said_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "readiness.toml"
    assert len(said_in(file).questions("payments")) == 5
    file.write_text('teams = 2\ndeadline = 2027-03-01\n[modules.payments]\nteam = "money"\nown_releases = false')
    said = said_in(file)
    assert said.questions("payments") == ["Must payments grow when the others need not?"]
    file.write_text("deadline = false")
    assert "By when must what there is be shipped?" not in said_in(file).questions("payments")
    assert decided(measured(), said_in(file), today=TODAY).recommendation == "could leave"
    assert "Which team owns orders?" in said.questions("orders")
    assert decided(measured(), said, today=TODAY).questions == said.questions("payments")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("teams = 'two'", "teams"), ("team = 2", "team"), ("[modules.payments]\nbig = 1", "big"), ("=", "")],
)
def test_what_is_said_wrongly_is_named(tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "readiness.toml"
    file.write_text(text)
    with pytest.raises(NotUnderstood, match=rf"readiness.toml: .*{wrong}"):
        said_in(file)


def test_a_module_that_there_is_not_is_named(tmp_path: Path) -> None:
    file = tmp_path / "readiness.toml"
    file.write_text("[modules.paymnts]\nown_scaling = true")
    with pytest.raises(CommandError, match="there is no module paymnts"):
        call_command("readiness", "payments", f"--people={file}")


@pytest.mark.parametrize(
    "option",
    ["--rtt-ms=-5", "--rtt-ms=nan", "--rtt-ms=inf", "--rtt-ms=x", "--days=-3", "--days=0", "--days=99999999999"],
)
def test_an_option_that_makes_no_sense_is_refused(option: str) -> None:
    with pytest.raises(
        CommandError, match=f"argument {option.partition('=')[0]}: (.* is not a whole number|milliseconds)"
    ):
        call_command("readiness", "payments", option)


# What journeys do


def journey(
    name: str, *, calls: dict[str, dict[str, int]], of_an_order: bool = True, waited_for: bool = True
) -> Journey:
    return Journey(
        name=name,
        waited_for=waited_for,
        of_an_order=of_an_order,
        calls=calls,
        events={"orders.placed.v1": Announced(times=1, heard={"payments": 1})},
        transactions={"payments": Writes(times=2, widest=["one", "two"]), "orders": Writes(times=1, widest=["three"])},
    )


JOURNEYS = [
    journey("placed", calls={"orders": {"catalog.quote": 2, "payments.authorize": 1}, "payments": {"orders.find": 1}}),
    journey("fulfilled", calls={"orders": {"payments.authorize": 1, "payments.capture": 3}}),
]


def test_calls_are_counted_in_and_out_over_all_journeys() -> None:
    into, out = calls_of("payments", JOURNEYS)
    assert into == {"orders": {"payments.authorize": 2, "payments.capture": 3}}
    assert out == {"orders": {"orders.find": 1}}


def test_the_forecast_is_of_calls_that_would_cross_and_do_not_yet() -> None:
    here = forecast("payments", JOURNEYS, 1.5, is_away=lambda _: False)
    assert {name: (delay.calls, delay.added) for name, delay in here.items()} == {
        "placed": (2, 3.0),
        "fulfilled": (4, 6.0),
    }
    away = forecast("orders", JOURNEYS, 1.5, is_away=lambda peer: peer == "payments")
    assert {name: delay.calls for name, delay in away.items()} == {"placed": 2, "fulfilled": 0}


def test_transactions_are_counted_and_the_widest_is_told() -> None:
    assert transactions_of("payments", JOURNEYS) == Transactions(per_order=4, widest=["one", "two"])
    assert transactions_of("catalog", JOURNEYS) == Transactions(per_order=0, widest=[])


def test_journeys_are_kept_as_they_are_and_nothing_else_is_taken_for_them(tmp_path: Path) -> None:
    file = tmp_path / "journeys.json"
    with pytest.raises(NotKept, match="No such file"):
        kept(file)
    keep(JOURNEYS, file)
    assert kept(file) == JOURNEYS
    file.write_text('[{"name": "placed"}]')
    with pytest.raises(NotKept, match="is not one of journeys"):
        kept(file)


def test_what_a_module_added_when_it_left_is_kept_beside_what_others_did(tmp_path: Path) -> None:
    file = tmp_path / "departures.json"
    with pytest.raises(NotKept, match="No such file"):
        kept_departures(file)
    keep_departures({"payments": left(added=15.8)}, file)
    keep_departures({"catalog": left(added=5.0)}, file)
    keep_departures({"payments": left(added=16.0)}, file)
    assert kept_departures(file) == {"catalog": left(added=5.0), "payments": left(added=16.0)}
    file.write_text('{"payments": 1}')
    with pytest.raises(NotKept, match="is not one of departures"):
        keep_departures({"payments": left(added=15.8)}, file)


def left(*, added: float) -> Departure:
    return Departure(measured_on=TODAY, journeys={"placed": Longer(added=added, forecast=10.0)})


def test_what_was_measured_stands_beside_what_is_forecast() -> None:
    gone, here = measured(departure=left(added=15.8)), measured()
    screens = ["\n".join(as_screen(decided(each, People(), today=TODAY))) for each in (gone, here)]
    assert f"measured, on one machine, on {TODAY}:" in screens[0]
    assert "10.00 ms by 1 call, and somebody waits for it; measured 15.8, where 10.0 were forecast" in screens[0]
    assert "python -m benchmarks extracting --keep measures what it takes" in screens[1]
    assert "were forecast" not in screens[1]


def test_a_journey_that_was_not_measured_says_so() -> None:
    gone = measured(departure=left(added=15.8), forecast_ms=placed(10.0, waited_for=False) | given_up(2.5))
    screen = "\n".join(as_screen(decided(gone, People(), today=TODAY)))
    assert "10.00 ms by 1 call; measured 15.8, where 10.0 were forecast" in screen
    assert "2.50 ms by 1 call; not measured" in screen


# What the repository's history says


def commit(at: Path, *files: str) -> None:
    for file in files:
        (at / file).parent.mkdir(parents=True, exist_ok=True)
        with (at / file).open("a") as opened:
            opened.write("more\n")
    git(at, "add", ".")
    git(at, "commit", "--quiet", "-m", "More")


def git(at: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", *words], cwd=at, check=True)


def test_modules_that_change_in_one_commit_are_coupled(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, "modules/orders/a.py")
    commit(tmp_path, "modules/orders/a.py", "modules/payments/b.py", "modules/__init__.py", "README.md")
    commit(tmp_path, "modules/orders/a.py", "modules/catalog/b.py", "modules/payments/tests/c.py")
    commit(tmp_path, "README.md")
    commit(tmp_path, *(f"modules/orders/{number}.py" for number in range(30)), "modules/payments/b.py")  # sweeping
    commits = commits_in(tmp_path)
    assert coupling_of("orders", commits) == Coupling(
        commits=3, shared=0.667, peers={"payments": 0.667, "catalog": 0.333}
    )
    assert coupling_of("payments", commits).commits == 2
    assert coupling_of("shipping", commits).unknown == "no commit touches it"


def test_a_repository_may_hold_more_than_the_shop(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, "shop/modules/orders/a.py", "shop/modules/payments/b.py", "app/modules/catalog/c.py")
    assert commits_in(tmp_path / "shop") == [frozenset({"orders", "payments"})]


def test_without_a_whole_history_nothing_is_known_and_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, shallow = tmp_path / "whole", tmp_path / "shallow"
    whole.mkdir()
    with pytest.raises(Unknown, match="not a git repository"):
        commits_in(whole)
    git(whole, "init", "--quiet")
    commit(whole, "modules/orders/a.py")
    commit(whole, "modules/orders/a.py")
    git(tmp_path, "clone", "--quiet", "--depth=1", whole.as_uri(), str(shallow))
    with pytest.raises(Unknown, match="the clone is shallow"):
        commits_in(shallow)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unknown, match="there is no git here"):
        commits_in(whole)


# What a running process says


METRICS = """
# TYPE tearline_http_request_seconds histogram
tearline_http_request_seconds_count{method="GET",route="api/v1/payments/{id}"} 2
tearline_http_request_seconds_sum{method="GET",route="api/v1/payments/{id}"} 1
tearline_http_request_seconds_count{method="POST",route="api/v1/payments/{id}"} 1
tearline_http_request_seconds_sum{method="POST",route="api/v1/payments/{id}"} 2
tearline_http_request_seconds_count{method="GET",route="api/v1/paymentsish"} 9
tearline_http_request_seconds_sum{method="GET",route="api/v1/paymentsish"} 1
# TYPE tearline_target_circuit gauge
tearline_target_circuit{target="payments.provider"} 2
tearline_target_circuit{target="shipping.carrier"} 0
"""


def test_metrics_tell_whose_requests_take_how_much_of_the_time_and_which_circuits_are_open() -> None:
    metrics = read_metrics(METRICS)
    assert requests_of("payments", metrics) == Requests(count=3, seconds=3.0, share=0.75)
    assert metrics.circuits == {"payments.provider": "open"}
    assert requests_of("payments", Metrics({}, {})) == Requests(count=0, seconds=0.0, share=None)
