#!/usr/bin/env python
"""Django's command line for this repository, whether the package is installed or not."""

import os
import sys
from pathlib import Path


def main() -> None:
    # Last on the path, so that the folder's name never stands in for the standard library's platform module.
    sys.path.append(str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from tearline.databases.settings import DatabaseSettingsError
    from tearline.topology import TopologyError

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, DatabaseSettingsError, TopologyError) as error:
        sys.exit(f"Not configured: {error}")


if __name__ == "__main__":
    main()
