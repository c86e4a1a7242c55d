"""`manage.py openapi`: the description of the whole API, as the gateway serves it at /api/v1/openapi.json."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.urls import rest_api
from tearline.management.writing import writing
from tearline.topology import API


class Command(BaseCommand):
    help = "Prints the description of the whole API, or writes it to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, help="where to write it, instead of printing it")

    def handle(self, *_args: Any, output: Path | None, **_options: Any) -> None:
        text = json.dumps(rest_api().get_openapi_schema(path_prefix=f"{API}/"), indent=2, sort_keys=False) + "\n"
        if output is None:
            self.stdout.write(text, ending="")
        else:
            with writing(output):
                output.parent.mkdir(parents=True, exist_ok=True)
                output.write_text(text)
