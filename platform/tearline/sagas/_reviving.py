"""Making a parked run fit to go on, once an operator says that what stopped it is mended."""

from collections.abc import Sequence

from tearline.models import SagaRow, SagaStepRow
from tearline.sagas._journal import queue
from tearline.work._operating import revives

State = SagaRow.State
Fate = SagaStepRow.State


@revives(queue)
def revive(module: str, runs: Sequence[int]) -> None:
    """It goes on in its direction: a run that has a failure to its name was being undone. Every step has its tries."""
    parked = SagaRow.objects.using(module).filter(pk__in=runs, state=State.PARKED)
    parked.filter(failure_code="").update(state=State.RUNNING)
    parked.exclude(failure_code="").update(state=State.UNDOING)
    steps = SagaStepRow.objects.using(module).filter(saga__in=runs, state__in=[Fate.FAILING, Fate.PARKED])
    steps.update(state=Fate.FAILING, attempts=0)
