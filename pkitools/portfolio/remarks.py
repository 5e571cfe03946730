"""A text → the same without its remarks, on which no program acts.

What begins one is another sign in each language, and the name of a file says which language that is. In doubt nothing
is a remark: what one hides is used by nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pkitools.text import pattern

_QUOTED: Final = r"\"(?:[^\"\\\n]|\\.)*+\"?|'[^'\n]*+'"
"""In which a sign is none; also where nothing closes it, so that no character is looked at again and again."""


def _language(
    *, line: str = "", anywhere: str = "", block: tuple[str, str] | None = None, apart: str = "", kept: str = _QUOTED
) -> re.Pattern[str]:
    """Return what finds the remarks of one language, each as ``remark``, and what holds no remark.

    Args:
        line: what begins one at the beginning of a line.
        anywhere: what begins one there or behind white space.
        block: what opens and what closes one that may go on over lines. One in which another is opened is none.
        apart: what has to be before that.
        kept: what holds none.
    """
    signs = [f"^[ \\t]*(?:{line})[^\n]*"] if line else []
    if anywhere:
        signs.append(rf"(?:^|(?<=\s))(?:{anywhere})[^\n]*")
    if block is not None:
        begin, end = map(re.escape, block)
        signs.append(rf"{apart}{begin}(?:(?!{begin})[\s\S])*?{end}")
    return pattern(rf"{kept}|(?P<remark>{'|'.join(signs)})", re.MULTILINE)


_MARKUP: Final = _language(block=("<!--", "-->"), kept=r"<!\[CDATA\[(?:(?!<!\[CDATA\[)[\s\S])*?\]\]>")
_NO_PATH: Final = r"(?<![\w.~*/-])"  # in /etc/*.pem nothing is opened
_BRACES: Final = _language(anywhere="//", block=("/*", "*/"), apart=_NO_PATH)
_BOTH: Final = _language(anywhere="#|//", block=("/*", "*/"), apart=_NO_PATH)
_DASHES: Final = _language(anywhere=r"--(?![\w-])")  # --cert is an option of a command that stands in a string
_BATCH: Final = _language(line=r"@?(?i:rem)\b|::")
_POWERSHELL: Final = _language(anywhere="#", block=("<#", "#>"))
_PROPERTIES: Final = _language(line="[#!]", kept=r"\\\n")
_USUAL: Final = _language(line=";", anywhere="#")
_LIST: Final = _language(line=";", anywhere=r"#|(?<=\S[ \t])(?=\S)")
"""Of a text that may be words for people: a list has its names at the beginning of a line."""

_BY_END: Final[Mapping[str, re.Pattern[str]]] = {
    **dict.fromkeys(("xml", "xhtml", "config", "plist", "xsl", "xslt", "wsdl", "xsd", "csproj"), _MARKUP),
    **dict.fromkeys(("json", "jsonc", "json5", "js", "mjs", "ts", "java", "kt", "kts", "groovy", "gradle"), _BRACES),
    **dict.fromkeys(("go", "cs", "c", "h", "cc", "cpp", "hpp", "rs", "scala", "swift", "jenkinsfile"), _BRACES),
    **dict.fromkeys(("tf", "tfvars", "hcl", "php"), _BOTH),
    **dict.fromkeys(("sql", "lua"), _DASHES),
    **dict.fromkeys(("bat", "cmd"), _BATCH),
    **dict.fromkeys(("ps1", "psm1", "psd1"), _POWERSHELL),
    "properties": _PROPERTIES,
    "txt": _LIST,
}


def without_remarks(text: str, source: str) -> str:
    """Return a text with blanks in place of its remarks, and its lines where they were.

    >>> without_remarks("a: b.pem  # was c.pem", "a.yml")
    'a: b.pem             '

    Args:
        text: it.
        source: the name of its file; where that says nothing, ``#`` and ``;`` begin one, and in what begins as XML what
            does there.
    """
    end = source.casefold().replace("\\", "/").rpartition("/")[2].rpartition(".")[2]
    is_markup = end not in _BY_END and text.lstrip("\ufeff \t\r\n").startswith("<")
    return (_MARKUP if is_markup else _BY_END.get(end, _USUAL)).sub(_blanked, text)


def _blanked(found: re.Match[str]) -> str:
    if found["remark"] is None:
        return found[0]
    return "".join("\n" if each == "\n" else " " for each in found[0])
