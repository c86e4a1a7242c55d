"""Documentation that is read off the code: `manage.py docs` writes it into docs/reference, `--check` finds it stale.

`_gathering` makes one model of what the modules hosted here declare (`_model`, kept as model.json), and whatever is
written follows from that: a canvas for each module, pictures, sagas, states, what events carry (AsyncAPI), what REST
answers (OpenAPI). Whoever asks which module owns what, who calls whom, or what would move with a module asks the model.
"""

from tearline.documentation._gathering import gathered
from tearline.documentation._model import Model
from tearline.documentation._site import lay_beside
from tearline.documentation._writing import stale, write, written

__all__ = ["Model", "gathered", "lay_beside", "stale", "write", "written"]
