"""What is where."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from pkitools.frozen import dataclass
from pkitools_cli.page.exchange import RefusedError, Request, Screen
from pkitools_cli.page.site import Site
from pkitools_cli.page.views import certificates, languages, oins, portfolio, requests, rules, systems

View = Callable[[Site, Request], Screen]


@dataclass(frozen=True, slots=True)
class Route:
    """One place.

    Args:
        path: of the place; one that ends with a slash goes on with a name.
        section: which of :data:`SECTIONS` it belongs to.
        show: answers GET.
        send: answers POST.
    """

    path: str
    section: str
    show: View | None = None
    send: View | None = None

    def screen(self, site: Site, request: Request) -> Screen:
        """Return what to show.

        Raises:
            RefusedError: it cannot be asked so.
        """
        view = self.send if request.method == "POST" else self.show
        if view is None:
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "method")
        return view(site, request)


ROUTES: Final = (
    Route("/", "check", show=certificates.ask),
    Route("/check", "check", send=certificates.judge),
    Route("/oin", "oin", show=oins.ask, send=oins.judge),
    Route("/oin/derive", "oin", send=oins.derive),
    Route("/request", "request", show=requests.ask, send=requests.make),
    Route("/portfolio", "portfolio", show=portfolio.look),
    Route("/systems", "systems", show=systems.every),
    Route("/systems/", "systems", show=systems.one),
    Route("/rules", "rules", show=rules.every),
    Route("/rules/", "rules", show=rules.one),
    Route("/language", "", send=languages.choose),
)

SECTIONS: Final = (
    ("check", "/"),
    ("oin", "/oin"),
    ("request", "/request"),
    ("portfolio", "/portfolio"),
    ("systems", "/systems"),
    ("rules", "/rules"),
)
"""What the page has, and where each begins."""


def route_of(path: str) -> Route | None:
    """Return the route of a path; ``None``: there is nothing."""
    exact = next((each for each in ROUTES if each.path == path), None)
    begun = (each for each in ROUTES if len(each.path) > 1 and each.path.endswith("/") and path.startswith(each.path))
    return exact or next(begun, None)
