"""What the specifications say of deployment files. Each function returns what is wrong with a file, a line each."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

CHECK = Path(sys.executable).with_name("check-jsonschema")
HTTP_ROUTE = Path(__file__).with_name("gateway_api") / "httproute-v1.json"
VERSIONS = ("1.34", "1.37")
"""Of Kubernetes: the oldest that knows all that we use, and the latest with schemas."""


def against_compose(file: Path) -> list[str]:
    """A compose file against the compose specification, as check-jsonschema brings it."""
    return _checked("--builtin-schema", "vendor.compose-spec", file)


def against_kubernetes(file: Path) -> list[str]:
    """Every manifest in a file against the schemas of Kubernetes and the Gateway API, which know every field."""
    return [flaw for manifest in yaml.safe_load_all(file.read_text()) for flaw in _flaws(manifest, file)]


def _flaws(manifest: dict[str, Any], file: Path) -> list[str]:
    if manifest["kind"] == "HTTPRoute":
        route = file.with_suffix(".httproute.yaml")
        route.write_text(yaml.safe_dump(manifest))
        return _checked("--schemafile", str(HTTP_ROUTE), route)
    return [flaw for version in VERSIONS for flaw in _flaws_in(version, manifest)]


def _flaws_in(version: str, manifest: dict[str, Any]) -> list[str]:
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
        return [f"{manifest['kind']} in {version}: {error.message}"]
    return []


def _checked(schema: str, name: str, file: Path) -> list[str]:
    command = [str(CHECK), schema, name, "--default-filetype", "yaml", str(file)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    return [] if checked.returncode == 0 else (checked.stdout + checked.stderr).splitlines()
