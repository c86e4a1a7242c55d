"""Topologies of the real modules, from all in one to all out."""

from pathlib import Path

from tearline.topology import Topology, load

ROOT = Path(__file__).parents[2]

ALL_IN_ONE = (ROOT / "topology.toml").read_text()

OF_THE_SHOP = """
[processes.shop]
modules = ["catalog", "inventory", "payments", "orders", "shipping", "notifications"]
"""
"""As the pages tell of it, whichever modules somebody has added since."""

ONE_OUT = """
[processes.shop]
modules = ["catalog", "inventory", "orders", "shipping", "notifications"]
url = "http://shop:8000"

[processes.till]
modules = ["payments"]
url = "http://till.internal:9000"
own_databases = ["platform", "payments"]

[events]
transport = "redis"
"""

ALL_OUT = """
[processes.orders]
modules = ["orders"]
url = "http://orders:8000"
own_databases = ["orders", "platform"]

[processes.catalog]
modules = ["catalog"]
url = "http://catalog:8000"
own_databases = ["catalog", "platform"]

[processes.inventory]
modules = ["inventory"]
url = "http://inventory:8000"
own_databases = ["inventory", "platform"]

[processes.payments]
modules = ["payments"]
url = "http://payments:8000"
own_databases = ["payments", "platform"]

[processes.shipping]
modules = ["shipping"]
url = "http://shipping:8000"
own_databases = ["shipping", "platform"]

[processes.mail-room]
modules = ["notifications"]
url = "http://mail-room:8000"
own_databases = ["notifications", "platform"]

[events]
transport = "kafka"
"""

ALL_OUT_ON_ONE_SERVER = "\n".join(line for line in ALL_OUT.splitlines() if not line.startswith("own_databases"))

TOPOLOGIES = {
    "all in one": ALL_IN_ONE,
    "one out": ONE_OUT,
    "all out": ALL_OUT,
    "all out on one server": ALL_OUT_ON_ONE_SERVER,
}


def read(folder: Path, text: str) -> Topology:
    """The topology that a file with this text describes."""
    file = folder / "topology.toml"
    file.write_text(text)
    return load(file, modules=ROOT / "modules")
