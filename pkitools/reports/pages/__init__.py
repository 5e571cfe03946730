"""Results as pages for people without a terminal: one HTML text that needs no network and no script.

A page is a template of ``templates/`` and values; :func:`page_text` puts them together, also for a program with
templates of its own. Whatever a value holds is text on the page and nothing else. Style and script are texts, so that a
server can name them in its Content-Security-Policy: :func:`style_text`, :func:`script_text`, :func:`source_hash`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # whoever asks for the name of a report loads no template engine
    from pkitools.reports.pages.checked import Advice, Asked, certificate_page, checked_for_page
    from pkitools.reports.pages.layout import Frame, page_form, page_text, script_text, source_hash, style_text

__all__ = [
    "Advice",
    "Asked",
    "Frame",
    "certificate_page",
    "checked_for_page",
    "page_form",
    "page_text",
    "script_text",
    "source_hash",
    "style_text",
]

_MODULES: Final = {
    "pkitools.reports.pages.checked": ("Advice", "Asked", "certificate_page", "checked_for_page"),
    "pkitools.reports.pages.layout": ("Frame", "page_form", "page_text", "script_text", "source_hash", "style_text"),
}


def __getattr__(name: str) -> object:
    for module, found in _MODULES.items():
        if name in found:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
