"""Whoever works knows what there is to do, though it serves nobody."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKER = """
import django
django.setup()
from tearline.work._tasks import tasks
print(*sorted(tasks))
"""


def test_every_task_of_a_module_is_known_to_a_process_that_only_works() -> None:
    declared = {
        name
        for source in (ROOT / "modules").glob("*/*.py")
        for name in re.findall(r'^@task\("([a-z_.]+)"', source.read_text(), re.MULTILINE)
    }
    ran = subprocess.run([sys.executable, "-c", WORKER], cwd=ROOT, capture_output=True, text=True, check=True)
    assert declared <= set(ran.stdout.split())
    assert declared >= {"payments.settle", "payments.work_off", "inventory.expire"}
