"""What each program wants to load: the forms, as data with their sources."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from pkitools.documents import Source, cite
from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass
from pkitools.package_data import read_toml

_OF_CERTIFICATES: Final = frozenset({".pem", ".crt", ".cer", ".der"})


@dataclass(frozen=True, slots=True)
class FormFile:
    """One file of a form.

    Args:
        suffix: behind the prefix; empty of a form of one file; with a star, in the place of the suffix of that name.
        holds: what is in it, in this order: ``certificate``, ``intermediates``, ``root``, ``key``, or one of
            ``pkcs12``, ``trust_store``, ``secret``, ``sheet``. Empty of a configuration.
        encoding: ``pem`` or ``der``; of a sheet ``text``, ``json`` or ``html``.
        text, server, client: of a configuration, the lines for every use, for a server and for a client.
    """

    suffix: str
    holds: tuple[str, ...] = ()
    encoding: str = "pem"
    text: str = ""
    server: str = ""
    client: str = ""

    def place(self, target: str) -> Path:
        """Return where it goes: ``target`` is the whole name of a form of one file, the prefix of any other."""
        if not self.suffix.startswith("*"):
            return Path(f"{target}{self.suffix}")
        suffix = Path(target).suffix
        stem = target.removesuffix(suffix) if suffix.lower() in _OF_CERTIFICATES else target
        return Path(f"{stem}{self.suffix[1:]}")

    @property
    def is_secret(self) -> bool:
        """Whether a private key is in it."""
        return not {"key", "pkcs12", "secret"}.isdisjoint(self.holds)


@dataclass(frozen=True, slots=True)
class ExportForm:
    """A form to export in.

    Args:
        name: as it is asked for: ``nginx``.
        program: what loads it; empty where that is any.
        takes_key: a private key is in it.
        files: they.
        source: where the program says so.
        tried: the versions it was tried with; empty where the program could not be had.
        test: the command that tests it, as words with ``<<.suffix>>`` for the path of a file.
        note: what its program does otherwise than one expects: the last part of a code; empty for nothing.
        refuses: signs that stand in no path of its configuration, beside those that stand in none of any program.
    """

    name: str
    program: str
    takes_key: bool
    files: tuple[FormFile, ...]
    source: Source
    tried: str
    test: tuple[str, ...]
    note: str = ""
    refuses: str = ""

    @property
    def is_one_file(self) -> bool:
        """Whether it is one file, whose whole name is asked for, and not several with a prefix."""
        return self.files[0].suffix == ""

    @property
    def takes_passphrase(self) -> bool:
        """Whether what is written is a keystore, which has a passphrase."""
        return any({"pkcs12", "trust_store"} & {*file.holds} for file in self.files)


@dataclass(frozen=True, slots=True)
class TLSSettings:
    """How the configurations set TLS, and what asks for it."""

    ciphers: str
    source: Source

    @property
    def name(self) -> str:
        """What it goes by beside the forms."""
        return "tls"


@cache
def export_forms() -> tuple[ExportForm, ...]:
    """Return every form, in the order they are listed."""
    return tuple(_form(record) for record in _data()["form"])


@cache
def tls_settings() -> TLSSettings:
    """Return how the configurations set TLS."""
    found = _data()["tls"]
    return TLSSettings(found["ciphers"], cite(**_place(found["source"])))


def get_form(name: str) -> ExportForm:
    """Return the form of this name.

    Raises:
        InvalidValueError: there is none.
    """
    for form in export_forms():
        if form.name == name:
            return form
    raise InvalidValueError("exports.error.no_form", name=name, known=", ".join(form.name for form in export_forms()))


@cache
def _data() -> dict[str, Any]:
    return read_toml(str(__package__), "data/forms.toml")


def _form(record: dict[str, Any]) -> ExportForm:
    return ExportForm(
        name=record["name"],
        program=record.get("program", ""),
        takes_key=record["key"] == "needed",
        files=tuple(_file(each) for each in record["file"]),
        source=cite(**_place(record["source"])),
        tried=record.get("tried", ""),
        test=tuple(record["test"]),
        note=record.get("note", ""),
        refuses=record.get("refuses", ""),
    )


def _place(record: dict[str, str]) -> dict[str, str]:
    return {"key": record["document"], "section": record["section"]}


def _file(record: dict[str, Any]) -> FormFile:
    return FormFile(**{**record, "holds": tuple(record.get("holds", ()))})
