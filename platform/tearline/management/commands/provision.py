"""Makes the schemas and roles on PostgreSQL, without touching tables."""

import os
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from tearline.databases.provisioning import provision


class Command(BaseCommand):
    help = "Makes the schema and the two roles of each database that DATABASE_URL holds. Safe to repeat."
    requires_system_checks = [Tags.compatibility]

    def handle(self, *_args: Any, **_options: Any) -> None:
        admin_url = os.environ.get("DATABASE_URL")
        if not admin_url:
            raise CommandError("DATABASE_URL is not given: there is nothing to provision")
        schemas = provision(admin_url, connections.settings)
        self.stdout.write(f"provisioned    {', '.join(schemas)}")
