"""How far colours stand out from each other, as WCAG 2.2 reckons it (1.4.3, "contrast ratio")."""

import re

from tests.browser.chromium import Browser

TEXT = 4.5
LARGE_TEXT = 3.0  # from 24 px, or from 18.66 px when bold

Colour = tuple[float, float, float]

# Every element that has words of its own (or all that the selector names), and the colours on it and behind it.
_COLOURS = """
const [selector, property] = arguments
const opaque = colour => !/, 0\\)$/.test(colour) && colour !== 'transparent'
const behind = element => {
    for (let at = element; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor
        if (opaque(colour)) return colour
    }
    return 'rgb(255, 255, 255)'
}
const speaks = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
return [...document.querySelectorAll(selector || 'body *')]
    .filter(element => (selector || speaks(element)) && element.checkVisibility())
    .map(element => {
        const style = getComputedStyle(element)
        const outside = selector ? element.parentElement : element
        return [element.innerText || element.id, style[property], behind(outside),
                parseFloat(style.fontSize), Number(style.fontWeight)]
    })
"""


def faint(browser: Browser, *, selector: str = "", color: str = "color", least: float | None = None) -> list[str]:
    """What does not stand out enough on the page as it is: by default, of all its words."""
    return [
        f"{what}: {front} on {back}"
        for what, front, back, size, weight in browser.run(_COLOURS, selector, color)
        if contrast(rgb(front), rgb(back)) < (least or _needed(size, weight))
    ]


def _needed(size: float, weight: float) -> float:
    return LARGE_TEXT if size >= 24 or (size >= 18.66 and weight >= 700) else TEXT


def contrast(one: Colour, other: Colour) -> float:
    """From 1, no difference, to 21, black on white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def rgb(css: str) -> Colour:
    """Of what a browser computes, `rgb(1, 2, 3)`. Raises ValueError for a colour that one can see through."""
    if not (parts := re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", css)):
        raise ValueError(f"not an opaque colour: {css}")
    red, green, blue = (int(part) / 255 for part in parts.groups())
    return red, green, blue


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
