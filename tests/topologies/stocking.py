"""Fills the shelf of the shop whose databases the environment names, and prints an API key for whoever may do all.

python -m tests.topologies.stocking
"""

import os
import sys


def main() -> None:
    import django

    django.setup()
    from tearline.api.keys import issue
    from tests.journeys import goods

    goods.fill_the_shelf()
    _, token = issue(name="topologies", scopes=["*"])
    sys.stdout.write(f"{token}\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
