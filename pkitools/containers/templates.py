"""Blanks in documentation and templates: where a certificate is to be filled in none is, and none is damaged."""

from __future__ import annotations

from typing import Final

from pkitools.containers.encodings import as_utf8
from pkitools.containers.kubernetes import is_secret
from pkitools.text import pattern

_MOST: Final = 1024 * 1024
ENDINGS: Final = (".j2", ".jinja", ".jinja2", ".erb", ".tmpl", ".tpl", ".template", ".example", ".sample", ".dist")
"""How files are called that are filled in before a program reads them."""

# what stands for a body: dots, with the first letters of one perhaps, and what a program fills in.
# Each is too short for a certificate, and there are few.
_BLANK: Final = (
    rb"\s{1,200}+|\\[nr]|\.{2,80}+|\xe2\x80\xa6|MI[A-Za-z0-9+/]{0,30}+(?=\s{0,3}(?:\.\.|\xe2\x80\xa6))"
    rb"|\$\{[^{}\n]{1,60}\}|\{\{[^{}\n]{1,60}\}\}|<[^<>\n]{1,60}>"
    rb"|\+[ ]{1,3}[A-Za-z_][A-Za-z_.()]{0,40}[ ]{1,3}\+|[\"'`+,;]"
)
_BLOCK: Final = pattern(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----(?:" + _BLANK + rb"){0,16}-----END \1-----")
_NAME: Final = rb"(?m)^[ \t-]{0,40}[\"']?[A-Za-z0-9_.-]{1,80}[\"']?[ \t]{0,8}:[ \t]{0,8}"
_VARIABLE: Final = rb"[\"']?\$\{[^{}\n]{1,60}\}[\"']?|[\"']?\{\{[^{}\n]{1,120}\}\}[\"']?"
_VALUE: Final = pattern(_NAME + rb"(?:\"\"|''|" + _VARIABLE + rb")[ \t]{0,8}$")
_IN_JSON: Final = pattern(rb"\"kind\"\s{0,80}:\s{0,80}\"(?:Secret|List|SecretList)\"")
_SERVED: Final = pattern(rb"(?m)^[ -]{0,40}[\"']?type[\"']?:[ \t]{1,20}[\"']?kubernetes\.io/tls[\"']?")
_FILLED_IN: Final = pattern(_NAME + rb"(?:" + _VARIABLE + rb")[ \t]{0,8}$")


def without_blanks(data: bytes, name: str) -> bytes | None:
    """Return a text without its blanks: blocks of PEM, and values of YAML; ``None`` where it has none.

    In a Secret that a cluster gets as it is an empty value is none: there is nothing that fills it in.

    Args:
        data: its content.
        name: of the file: by its ending it is a template.
    """
    text = as_utf8(data) if len(data) <= _MOST else None
    if text is None:
        return None
    is_as_it_is = (is_secret(text) or _IN_JSON.search(text)) and not name.lower().endswith(ENDINGS)
    rest = (_FILLED_IN if is_as_it_is else _VALUE).sub(b"", _BLOCK.sub(b"", text))
    # what a Secret lacks may be what is filled in
    return None if rest == text else _SERVED.sub(b"", rest)
