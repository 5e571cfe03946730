"""The base of every page: the template engine, what stands around a page, its style and its script.

Three things hold for every page, whatever its template does. An expression comes out with what acts instead of shows
made visible, and then escaped. A name that is not there stops the page instead of leaving a hole in it. A page that is
a file says itself that it fetches nothing and runs no script but ours.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from typing import Final

from pkitools._version import __version__
from pkitools.arguments import aware, text
from pkitools.errors import InvalidValueError, brought_by
from pkitools.frozen import dataclass
from pkitools.messages import Language, message
from pkitools.messages.days import day, day_and_time
from pkitools.package_data import read_text
from pkitools.reports.sentences import language_of
from pkitools.reports.telling.readable import short_day
from pkitools.text import visible

with brought_by("reports"):
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

PAGE_SUFFIX: Final = ".html"
"""How the name of a page ends."""

_OURS: Final = "pkitools.reports.pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around a page.

    Args:
        moment: when it was made, aware: the foot of the page tells it.
        language: ``nl`` or ``en``.
        is_file: it is a file of its own: it says itself that it fetches nothing and runs no script but ours. A server
            says so in a header.
        nonce: of its style and its script, where a server's Content-Security-Policy asks for one.
        has_script: what can be filtered is filtered; a page without is whole as well.

    Raises:
        InvalidValueError: the moment is not aware, or there is no such language.
    """

    moment: datetime
    language: Language = "en"
    is_file: bool = True
    nonce: str = ""
    has_script: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "moment", aware(self.moment))
        object.__setattr__(self, "language", language_of(self.language))


def page_text(template: str, values: Mapping[str, object], frame: Frame, package: str = _OURS) -> str:
    """Return a page.

    Templates may extend ``layout.html`` and import the macros of ``pieces.html``. In all of them are ``word(key,
    **operands)``, a text of ``messages/<language>/pages.toml``, ``text(code, **operands)``, that of any other code, and
    the filters ``day``, ``short_day``, ``time`` and ``short(most)``.

    Args:
        template: its name in the folder ``templates`` of the package.
        values: what it asks for, by name. Of a text everything that acts on a screen is made visible, and escaped.
        frame: what stands around it.
        package: an import package with templates of its own, looked for before ours.

    Raises:
        MissingExtraError: the extra ``pkitools-nl[reports]`` is not installed.
    """
    engine = _engine(frame.language, package)
    ours = {"style": Markup(style_text()), "script": Markup(script_text())}  # noqa: S704  they are our own
    around = {"frame": frame, "policy": _policy(), **ours}
    return engine.get_template(template).render({**around, **values})


def page_form(name: str) -> str:
    """Return the end of a file's name that says it is a page; what makes pages is there.

    Raises:
        InvalidValueError: it ends otherwise.
    """
    if not text(name, "name").lower().endswith(PAGE_SUFFIX):
        raise InvalidValueError("report.error.form", name=name, known=PAGE_SUFFIX)
    return PAGE_SUFFIX


def style_text() -> str:
    """Return the style sheet of every page, as it stands between the tags."""
    return _raw("style.css")


def script_text() -> str:
    """Return the script of every page, which filters what is there to filter, as it stands between the tags."""
    return _raw("script.js")


def source_hash(text: str) -> str:
    """Return a style or a script as a Content-Security-Policy names it: ``'sha256-…'`` (CSP Level 3, section 2.3.1)."""
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


@cache
def _raw(name: str) -> str:
    # a browser reads each line break as one: the hash has to be of that
    return read_text(_OURS, f"templates/{name}").replace("\r\n", "\n")


@cache
def _policy() -> str:
    return (
        f"default-src 'none'; img-src data:; style-src {source_hash(style_text())}; "
        f"script-src {source_hash(script_text())}; base-uri 'none'; form-action 'none'"
    )


@cache
def _engine(language: Language, package: str) -> Environment:
    engine = Environment(
        loader=FunctionLoader(partial(_source, package)),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_made_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told = {"day": day, "short_day": short_day, "time": day_and_time}
    engine.filters.update({name: partial(function, language=language) for name, function in told.items()})
    engine.filters["short"] = _short
    engine.globals.update(
        language=language, version=__version__, word=partial(_word, language), text=partial(_text, language)
    )
    return engine


def _source(package: str, name: str) -> str | None:
    """Return the text of a template: the package's own, or else ours."""
    for where in (package, _OURS):
        try:
            return read_text(where, f"templates/{name}")
        except FileNotFoundError:
            continue
    return None


def _short(text: str, most: int) -> str:
    """Return the begin of a text, as it is shown, for where there is room for so many characters; it says so if cut."""
    shown = visible(text)
    return shown if len(shown) <= most else f"{shown[: most - 1].rstrip()}…"


def _made_visible(value: object) -> object:
    return value if isinstance(value, Markup) else visible(str(value))


def _word(language: Language, key: str, /, **operands: object) -> str:
    return message(f"pages.{key}", operands, language).title


def _text(language: Language, code: str, /, **operands: object) -> str:
    return message(code, operands, language).title
