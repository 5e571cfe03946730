"""An enrolment file of g4-trial: for whom, by which profile, under which names a certificate is to be issued.

::

    profile: profiles/G4TRIALEEPrivGTLSSYS2025.yaml
    subject:
      C: NL
      O: TRIAL Gemeente Voorbeeld
      CN: TRIAL Gemeente Voorbeeld
      organizationIdentifier: NTRNL-99999991
      serialNumber: 00000099999999910000
    subjectAltNames:
      - koppeling.voorbeeld.test

The certificate is the one g4-trial would make, but that a name is built from its attributes: a comma in an
organisation's name stays a comma.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any, Final

from pkitools.errors import InputError, InvalidValueError
from pkitools.frozen import dataclass, replace
from pkitools.text import pattern
from pkitools_test_pki import der, extensions
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.content import FIELDS
from pkitools_test_pki.g4_trial.yaml_reader import Yaml, read_yaml
from pkitools_test_pki.shapes import Template, template

MAX_ENROLMENT_BYTES: Final = 64 * 1024
_MAX_NAMES: Final = 100
_PERMANENT_IDENTIFIER: Final = "1.3.6.1.5.5.7.8.3"
_ENCODINGS: Final = {"UTF8": "UTF8String", "IA5": "IA5String"}
_ARC: Final = "(0|[1-9][0-9]{0,18})"
_OID: Final = pattern(rf"([01]\.[1-3]?[0-9]|2\.{_ARC})(\.{_ARC}){{1,18}}")
_EMAIL: Final = pattern(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,253}")


@dataclass(frozen=True, slots=True)
class OtherName:
    """An otherName of an enrolment.

    Args:
        type_id: dotted OID of its type.
        value: the text in it.
        string_type: ASN.1 type of that text; empty for a permanent identifier (RFC 4043), which has its own structure.
        assigner: OID of who assigned a permanent identifier.
    """

    type_id: str
    value: str
    string_type: str = ""
    assigner: str | None = None

    def encoded(self) -> bytes:
        """Return the GeneralName in DER."""
        if self.string_type:
            return extensions.other_name(self.type_id, der.string(self.value, self.string_type))
        assigner = b"" if self.assigner is None else der.oid(self.assigner)
        return extensions.other_name(self.type_id, der.sequence(der.string(self.value), assigner))


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One enrolment file. Made by :func:`read_enrolment`.

    Args:
        trial_profile: what g4-trial calls its profile, without path and ``.yaml``.
        subject: attribute (our short name) → value.
        names: host names and e-mail addresses.
        other_names: the other names.
    """

    trial_profile: str
    subject: Mapping[str, str]
    names: tuple[str, ...] = ()
    other_names: tuple[OtherName, ...] = ()

    @property
    def template(self) -> Template:
        """The profile."""
        base = template(_data()["profiles"][self.trial_profile])
        more = tuple(tuple(statement) for statement in self._variant.get("qc", ()))
        return replace(base, qc=(*base.qc, *more)) if more else base

    @property
    def _variant(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = _data()["variants"].get(self.trial_profile, {})
        return found

    def wishes(self) -> Deviation:
        """Return what to issue, in the terms of :class:`~pkitools_test_pki.blueprint.Deviation`; nothing is invented.

        Raises:
            InvalidValueError: it has what the profile does not know, or lacks what it needs.
        """
        chosen = self.template
        for kind in self.subject:
            if kind not in chosen.subject:
                raise InvalidValueError("g4_trial.error.attribute", attribute=kind, profile=chosen.name)
        for kind in chosen.subject:
            if kind in chosen.required and not self.subject.get(kind):
                raise InvalidValueError("test_pki.error.attribute_missing", attribute=kind, profile=chosen.name)
        self._check_serial_number()
        wishes: Deviation = {}
        for kind in chosen.subject:
            wishes[FIELDS[kind]] = self.subject.get(kind, "")  # type: ignore[literal-required]  # FIELDS holds keys of Deviation only
        return {**wishes, **self._names(chosen)}

    def _check_serial_number(self) -> None:
        form, value = self._variant.get("serial_number"), self.subject.get("serialNumber", "")
        if form is not None and not re.fullmatch(form, value):
            raise InvalidValueError("test_pki.error.value_form", attribute="serialNumber", value=value)

    def _names(self, chosen: Template) -> Deviation:
        emails = [name for name in self.names if "@" in name]
        hosts = [name for name in self.names if "@" not in name]
        if chosen.san != "none" and not hosts:
            raise InvalidValueError("g4_trial.error.no_host_name", profile=chosen.name)
        # natural persons have addresses and other names; organisations have none, and systems have host names only
        if (emails or self.other_names) and "GN" not in chosen.subject:
            raise InvalidValueError("test_pki.error.names_not_allowed", profile=chosen.name)
        names: Deviation = {"dns": hosts} if hosts else {}
        if emails:
            names["email"] = [_checked_email(address) for address in emails]
        if self.other_names:
            names["other_names"] = [name.encoded() for name in self.other_names]
        return names


def _checked_email(address: str) -> str:
    if not _EMAIL.fullmatch(address):
        raise InvalidValueError("g4_trial.error.email", address=address)
    return address


def read_enrolment(data: bytes, name: str = "enrolment") -> Enrolment:
    """Read an enrolment file of g4-trial.

    Args:
        data: the file.
        name: what to call it in an error.

    Raises:
        InputError: no YAML, or no enrolment.
        LimitError: larger or deeper than any enrolment.
        InvalidValueError: its profile is not known here.
        StateError: the extra ``pkitools-nl[g4-trial]`` is not installed.
    """
    document = read_yaml(data, name, limit=MAX_ENROLMENT_BYTES)
    if not isinstance(document, dict) or not {"profile", "subject"} <= document.keys():
        raise InputError("g4_trial.error.no_enrolment", name=name)
    for key in document.keys() - {"profile", "subject", "subjectAltNames"}:
        raise InputError("g4_trial.error.unknown_entry", name=name, entry=key)
    names = _listed(document.get("subjectAltNames", []), name)
    return Enrolment(
        trial_profile=_profile(document["profile"], name),
        subject=_subject(document["subject"], name),
        names=tuple(entry for entry in names if isinstance(entry, str)),
        other_names=tuple(_other_name(entry, name) for entry in names if not isinstance(entry, str)),
    )


def _profile(value: Yaml, name: str) -> str:
    if not isinstance(value, str):
        raise InputError("g4_trial.error.no_enrolment", name=name)
    stem = PurePosixPath(value.replace("\\", "/")).name.removesuffix(".yaml")
    if stem not in _data()["profiles"]:
        raise InvalidValueError("g4_trial.error.profile", profile=stem, known=", ".join(_data()["profiles"]))
    return stem


def _subject(value: Yaml, name: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InputError("g4_trial.error.no_enrolment", name=name)
    subject: dict[str, str] = {}
    for key, text in value.items():
        kind = _data()["attributes"].get(key)
        if kind is None or not isinstance(text, str):
            raise InputError("g4_trial.error.unknown_entry", name=name, entry=key)
        if kind in subject:
            raise InvalidValueError("test_pki.error.attribute_twice", attribute=kind)
        subject[kind] = text
    return subject


def _listed(value: Yaml, name: str) -> list[Yaml]:
    if not isinstance(value, list):
        raise InputError("g4_trial.error.no_enrolment", name=name)
    if len(value) > _MAX_NAMES:
        raise InputError("g4_trial.error.many_names", name=name, count=len(value), maximum=_MAX_NAMES)
    return value


def _other_name(entry: Yaml, name: str) -> OtherName:
    """Read ``{type-id, encoding, value}``, or ``{identifierValue, assigner}`` with or without a type."""
    parts = {key: text for key, text in entry.items() if isinstance(text, str)} if isinstance(entry, dict) else {}
    if parts.keys() in ({"identifierValue", "assigner"}, {"type-id", "identifierValue", "assigner"}):
        found = OtherName(
            parts.get("type-id", _PERMANENT_IDENTIFIER), parts["identifierValue"], assigner=parts["assigner"]
        )
    elif parts.keys() == {"type-id", "encoding", "value"} and parts["encoding"] in _ENCODINGS:
        found = OtherName(parts["type-id"], parts["value"], _ENCODINGS[parts["encoding"]])
    else:
        raise InputError("g4_trial.error.other_name", name=name)
    _check_other_name(found, name)
    return found


def _check_other_name(found: OtherName, name: str) -> None:
    oids: Iterable[str] = filter(None, (found.type_id, found.assigner))
    writable = found.value.isascii() if found.string_type == "IA5String" else _is_unicode(found.value)
    if not writable or not all(_OID.fullmatch(oid) for oid in oids):
        raise InputError("g4_trial.error.other_name", name=name)


def _is_unicode(text: str) -> bool:
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in text)


@cache
def _data() -> dict[str, Any]:
    source = files("pkitools_test_pki").joinpath("data", "g4_trial.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
