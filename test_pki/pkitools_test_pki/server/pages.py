"""The few pages for people: plain HTML, every value escaped, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Final

from pkitools.messages import Language
from pkitools.package_data import read_toml
from pkitools.text import visible

if TYPE_CHECKING:
    from pkitools_test_pki.authority import Authority
    from pkitools_test_pki.server.routing import HttpResponse, Router

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE: Final = (
    "body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em;line-height:1.5}"
    "pre{white-space:pre-wrap;background:#f3f3f3;padding:1em}"
)


def word(key: str, language: Language, otherwise: str | None = None) -> str:
    """Return a word or sentence of the pages; ``otherwise`` for a key that has none, where that is given."""
    return _words()[language][key] if otherwise is None else _words()[language].get(key, otherwise)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return read_toml("pkitools_test_pki", "data/pages.toml")


def html(body: str, language: Language) -> HttpResponse:
    """Return a page around a body that is escaped already."""
    from pkitools_test_pki.server.routing import HttpResponse

    title = escape(word("title", language))
    page = (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>\n{body}\n</main></body></html>\n"
    )
    headers = (("Content-Security-Policy", _POLICY),)
    return HttpResponse(200, "text/html; charset=utf-8", page.encode(), headers)


def index(router: Router) -> str:
    """Return the list of authorities and of what is served for each."""
    language = router.language
    parts = [f"<p>{_text(word('warning', language))}</p>", f"<p>{_link('trust.pem', word('roots', language))}</p>"]
    if router.faults:
        parts.append(f"<p><strong>{_text(word('faults', language))}</strong> {_text(', '.join(router.faults))}</p>")
    if router.refusals is not None:
        parts.append(f"<p>{_link('rehearsal', word('rehearsal', language))}</p>")
    parts += [_authority(authority, router.ready_crls.kinds, language) for authority in router.served.pki]
    return "\n".join(parts)


def _authority(authority: Authority, kinds: Iterable[str], language: Language) -> str:
    name = authority.file_name
    crls = [_link(f"crl/{name}{'' if kind == 'full' else f'-{kind}'}.crl", kind) for kind in kinds]
    rows = (
        _link(f"cert/{name}.cer", word("certificate", language)),
        f"CRL: {', '.join(crls)}",
        f"OCSP: <code>{_text(authority.ocsp_url)}</code>",
    )
    items = "".join(f"<li>{row}</li>" for row in rows)
    return f"<h2>{_text(authority.spec.common_name)}</h2>\n<ul>{items}</ul>"


def refusals(refused: Sequence[Mapping[str, object]], language: Language) -> str:
    """Return the page of refused clients, the last one first."""
    if not refused:
        return f"<p>{_text(word('nothing_refused', language))}</p>"
    return "\n".join(
        f"<h2>{_text(row['moment'])} {_text(row['client'])}</h2><pre>{_lines(str(row['text']))}</pre>"
        for row in refused
    )


def _link(address: str, text: object) -> str:
    return f'<a href="{escape(address)}">{_text(text)}</a>'


def _text(value: object) -> str:
    return escape(visible(str(value)))


def _lines(text: str) -> str:
    return "\n".join(_text(line) for line in text.split("\n"))
