"""Templates that load another module's tags, extend or include its templates, or link to its routes; code that names
them.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.template.backends.django import get_installed_libraries

from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._meanings import HOLE
from tearline.boundaries._sources import below_root, owner_of, templates, texts
from tearline.boundaries._strings import owners_of_addresses_in, owners_of_routes

TAG = re.compile(r"{%\s*(load|extends|include|url)\s+((?!%}).+?)\s*%}")
QUOTED = re.compile(r"""(["'])([^"']*)\1$""")
PASSED_OVER = re.compile(r"{#.*?#}|{%\s*(comment|verbatim)\b.*?{%\s*end\1\b.*?%}", re.DOTALL)


def template_tags() -> Iterator[Finding]:
    """Each of these tags that names what is another module's, or may: in templates, and in strings that are some."""
    for module, path in templates():
        for number, line in enumerate(_lines(path), start=1):
            for what, channel, owner in _crossings(line, module, _name(path)):
                yield Finding(below_root(path), number, channel, module, owner, what)
            for owner in sorted(owners_of_addresses_in(line) - {module}):
                yield Finding(below_root(path), number, "url", module, owner, line.strip())
    for source, said in texts():
        for what, channel, owner in _crossings(said.text, source.module, ""):
            if owner != ANY:  # it may be no template
                yield source.found(said.node, channel, owner, what)


def _lines(path: Path) -> list[str]:
    """Without what is no more than a comment. None of what is no text."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    return PASSED_OVER.sub(lambda match: "\n" * match[0].count("\n"), text).splitlines()


def templates_named() -> Iterator[Finding]:
    """Another module's templates, by their names in the code, which may have holes."""
    for source, said in texts():
        for owner in sorted(_owners_of_templates_named(said.text) - {source.module}):
            yield source.found(said.node, "template", owner, repr(said.text))


@cache
def _owners_of_templates_named(text: str) -> frozenset[str]:
    if "/" not in text or text.startswith(HOLE):
        return frozenset()
    named = re.compile(".+".join(map(re.escape, text.split(HOLE))))
    return frozenset(owner for name, owner in _owners_of_templates().items() if named.fullmatch(name))


def _crossings(text: str, module: str, template: str) -> Iterator[tuple[str, str, str]]:
    """(the tag, the channel, the owner)"""
    for tag, rest in TAG.findall(text):
        for channel, owner in _led_to(tag, rest.split(), template):
            if owner not in (None, module):
                yield f"{{% {tag} {rest.strip()} %}}", channel, str(owner)


def _led_to(tag: str, words: list[str], template: str) -> Iterator[tuple[str, str | None]]:
    if tag == "load":
        libraries = get_installed_libraries()
        wanted = words[words.index("from") + 1 :] if "from" in words else words
        yield from (("template library", owner_of(libraries.get(word, ""))) for word in wanted)
        return
    channel, owners = ("url name", owners_of_routes()) if tag == "url" else ("template", _owners_of_templates())
    quoted = QUOTED.match(words[0])
    if quoted is None:
        yield channel, ANY
    else:
        name = quoted[2]
        yield channel, owners.get(normpath(join(dirname(template), name)) if name.startswith(("./", "../")) else name)


@cache
def _owners_of_templates() -> dict[str, str]:
    return {_name(path): module for module, path in templates()}


def _name(path: Path) -> str:
    """`orders/mine.html`, as templates are asked for."""
    return below_root(path).partition("/templates/")[2]
