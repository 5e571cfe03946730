"""The other language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from pkitools.messages import LANGUAGES
from pkitools.text import pattern
from pkitools_cli.page.exchange import RefusedError, Request, Screen
from pkitools_cli.page.forms import read_form
from pkitools_cli.page.site import Site

_PLAIN: Final = pattern(r"/(?:[A-Za-z0-9][A-Za-z0-9/._~%?=&+-]*)?")  # //name would be another machine


def choose(site: Site, request: Request) -> Screen:
    """Choose a language, and go back to where one was."""
    from pkitools_cli.page.routes import route_of  # which leads here

    form = read_form(request)
    chosen, back = form.value("language"), form.value("back")
    if chosen not in LANGUAGES:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "form")
    site.language = chosen
    route = route_of(back.partition("?")[0])
    is_ours = route is not None and route.show is not None and _PLAIN.fullmatch(back)
    return Screen("opening.html", status=HTTPStatus.SEE_OTHER, headers=(("Location", back if is_ours else "/"),))
