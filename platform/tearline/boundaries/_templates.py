"""Templates that load another module's tags, extend or include its templates, or link to its routes."""

import re
from collections.abc import Iterator
from functools import cache

from django.template.backends.django import get_installed_libraries

from tearline.boundaries._finding import Finding
from tearline.boundaries._names import owners_of_urls
from tearline.boundaries._sources import below_root, owner_of, templates

TAG = re.compile(r"{%-?\s*(load|extends|include|url)\s+(.*?)-?%}")


def template_tags() -> Iterator[Finding]:
    """Each of these tags that names what is another module's."""
    for module, path in templates():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for tag, rest in TAG.findall(line):
                for channel, owner in _led_to(tag, rest.split()):
                    if owner not in (None, module):
                        what = f"{{% {tag} {rest.strip()} %}}"
                        yield Finding(below_root(path), number, channel, module, str(owner), what)


def _led_to(tag: str, words: list[str]) -> Iterator[tuple[str, str | None]]:
    if tag == "load":
        libraries = get_installed_libraries()
        wanted = words[words.index("from") + 1 :] if "from" in words else words
        yield from (("template library", owner_of(libraries.get(word, ""))) for word in wanted)
    elif tag == "url":
        yield "url name", owners_of_urls().get(_unquoted(words[0]))
    else:
        yield "template", _owners_of_templates().get(_unquoted(words[0]))


def _unquoted(word: str) -> str:
    return word.strip("\"'")


@cache
def _owners_of_templates() -> dict[str, str]:
    return {below_root(path).partition("/templates/")[2]: module for module, path in templates()}
