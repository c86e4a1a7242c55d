"""Findings for people, for programs, and for code hosts (SARIF 2.1.0)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from tearline.boundaries._finding import WAYS_OUT, Finding


def as_text(findings: Sequence[Finding]) -> str:
    return "\n".join(map(str, findings))


def as_json(findings: Sequence[Finding]) -> str:
    """A list of objects: path, line, channel, module, owner, what, column, way_out."""
    return json.dumps([asdict(finding) | {"way_out": finding.way_out} for finding in findings], indent=2)


def as_sarif(findings: Sequence[Finding]) -> str:
    """One run; a rule for each channel."""
    rules = [
        {"id": _rule(channel), "shortDescription": {"text": f"Modules reach each other by {channel}"}}
        for channel in WAYS_OUT
    ]
    driver = {"name": "tearline boundaries", "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": list(map(_result, findings))}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {"text": as_text, "json": as_json, "sarif": as_sarif}


def _result(finding: Finding) -> dict[str, object]:
    column = {"startColumn": finding.column} if finding.column else {}
    place = {
        "artifactLocation": {"uri": finding.path, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": finding.line, **column},
    }
    return {
        "ruleId": _rule(finding.channel),
        "level": "error",
        "message": {"text": f"{finding.module} reaches {finding.owner}: {finding.what}. {finding.way_out}"},
        "locations": [{"physicalLocation": place}],
    }


def _rule(channel: str) -> str:
    return channel.replace(" ", "-").replace("_", "-")
