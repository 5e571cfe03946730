"""Vectors of the OIN, entity ID and service ID rules."""

from __future__ import annotations

from collections.abc import Callable

from pkitools.environment import Environment
from pkitools.findings import Report
from pkitools.oin import check_entity_id, check_oin, check_service_id
from tests.vectors import Vector

GOOD = "00000001822477348000"
KVK = "00000003520354760000"
PRODUCTION = Environment.PRODUCTION
PREPRODUCTION = Environment.PREPRODUCTION


def oin(text: str, *, environment: Environment | None = None, **options: bool) -> Callable[[], Report]:
    return lambda: check_oin(text, environment=environment, **options)


def entity(
    text: str, environment: Environment | None = None, certificate_oin: str | None = None, *, free: bool = False
) -> Callable[[], Report]:
    return lambda: check_entity_id(text, environment=environment, certificate_oin=certificate_oin, free=free)


def service(text: str, environment: Environment | None = None, catalogue: str | None = None) -> Callable[[], Report]:
    return lambda: check_service_id(text, environment=environment, catalogue=catalogue)


def _oin_vectors() -> list[Vector]:
    good = oin(GOOD)
    pairs: dict[str, tuple[Callable[[], Report], Callable[[], Report]]] = {
        "oin.syntax.surrounding_space": (oin(f"{GOOD} "), good),
        "oin.syntax.length": (oin(GOOD[:-1]), good),
        "oin.syntax.characters": (oin("O0000001822477348000"), good),
        "oin.syntax.upper_case": (oin("0000000700025be00000"), oin("0000000700025BE00000")),
        "oin.prefix.known": (oin("00000012822477348000"), good),
        "oin.prefix.assigned": (oin("00000005123456782000"), good),
        "oin.prefix.withdrawn": (oin("00000005123456782000", legacy=True), oin(GOOD, legacy=True)),
        "oin.prefix.proposed": (oin("00000011123456789000"), good),
        "oin.prefix.demo": (oin("00000000000000001000"), good),
        "oin.rsin.form": (oin("00000001A22477348000"), good),
        "oin.rsin.zero": (oin("00000001000000000000"), good),
        "oin.rsin.eleven_test": (oin("00000001123456789000"), good),
        "oin.fi.form": (oin("00000002A22477348000"), oin("00000002003214394001")),
        "oin.fi.zero": (oin("00000002000000000000"), oin("00000002003214394001")),
        "oin.fi.eleven_test": (oin("00000002123456789000"), oin("00000002003214394001")),
        "oin.kvk.form": (oin("00000003123456789000"), oin(KVK)),
        "oin.kvk.zero": (oin("00000003000000000000"), oin(KVK)),
        "oin.suboin.form": (oin("00000004A14202890000"), oin("00000004114202890000")),
        "oin.logius.form": (oin("0000000612345678900A"), oin("00000006123456789000")),
        "oin.brin.form": (oin("00000007000252500000"), oin("0000000700025BE00000")),
        "oin.foreign.form": (oin("00000008A23631400000"), oin("00000008823631400000")),
        "oin.uzi.form": (oin("00000009A00003800000"), oin("00000009900003800000")),
        "oin.trr_bd.form": (oin("0000001012345678900A"), oin("00000010123456789000")),
        "oin.dezi_insurer.form": (oin("0000001112345678900A"), oin("00000011123456789000")),
        "oin.number.placeholder": (oin("00000004000000000000"), oin("00000004114202890000")),
        "oin.number.letters": (oin("0000000700025BE00000"), good),
        "oin.number.example": (oin("00000001123456789000"), good),
        "oin.suffix.legacy": (oin("00000004003214345001"), oin("00000004114202890000")),
        "oin.uzi.ura": (oin("00000009999999999004"), oin("00000009900003800000")),
        "oin.register.absent": (oin("00000009900003800000"), good),
        "oin.test.production": (
            oin("00000099123456789000", environment=PRODUCTION),
            oin(GOOD, environment=PRODUCTION),
        ),
        "oin.test.number": (oin("00000099123456789000"), good),
        "oin.input.ebms_suffix": (oin(f"{GOOD}_OTA"), good),
        "oin.input.tidied": (oin("00000001.822477348.000", lenient=True), oin(GOOD, lenient=True)),
        "oin.input.leading_zeros": (oin("1822477348000"), good),
        "oin.number.ean": (oin("00000008712423026117"), oin("00000004003214345001")),
        "oin.input.ean": (oin("8712423026117"), good),
        "oin.input.contains": (oin(f"0190:{GOOD}"), good),
        "oin.input.like_digits": (oin("00000001822477348O00"), good),
        "oin.input.scientific": (oin("1,82248E+12"), good),
        "oin.input.eight_digits": (oin("52035476"), good),
        "oin.input.nine_digits": (oin("822477348"), good),
        "oin.input.twelve_digits": (oin("000012345678"), good),
        "oin.input.btw_number": (oin("NL822477348B01"), good),
        "oin.input.brin": (oin("25BE00"), good),
    }
    return [Vector(code, violates, meets) for code, (violates, meets) in pairs.items()]


def _identifier_vectors() -> list[Vector]:
    e_start, s_start = "urn:etoegang:DV:", "urn:nl-eid-gdi:1.0:DV:"
    good = entity(f"{s_start}{GOOD}:entities:0001", PRODUCTION, GOOD)
    good_test = entity(f"{s_start}{GOOD}:entities:9001", PREPRODUCTION)
    good_service = service(f"{e_start}{GOOD}:services:1", PRODUCTION, f"{e_start}{GOOD}:services:1")
    pairs: dict[str, tuple[Callable[[], Report], Callable[[], Report]]] = {
        "oin.entity_id.surrounding_space": (entity(f" urn:etoegang:DV:{GOOD}:entities:0001"), good),
        "oin.entity_id.syntax": (entity("https://example.nl/saml"), good),
        "oin.entity_id.version": (entity(f"urn:nl-eid-gdi:1:0:DV:{GOOD}:entities:9001"), good),
        "oin.entity_id.case": (entity(f"URN:etoegang:dv:{GOOD}:entities:1"), good),
        "oin.entity_id.role": (entity(f"urn:etoegang:XX:{GOOD}:entities:1"), good),
        "oin.entity_id.index": (entity(f"{s_start}{GOOD}:entities:1"), good),
        "oin.entity_id.production_index": (entity(f"{s_start}{GOOD}:entities:9001", PRODUCTION), good),
        "oin.entity_id.test_index": (entity(f"{s_start}{GOOD}:entities:0001", PREPRODUCTION), good_test),
        "oin.entity_id.certificate": (entity(f"{e_start}{GOOD}:entities:1", None, KVK), good),
        "oin.entity_id.with_oin": (
            entity("https://example.nl/saml", free=True),
            entity(f"{s_start}{GOOD}:entities:0001", free=True),
        ),
        "oin.service_id.surrounding_space": (service(f"{e_start}{GOOD}:services:1\n"), good_service),
        "oin.service_id.syntax": (service(f"{e_start}{GOOD}:entities:1"), good_service),
        "oin.service_id.case": (service(f"{e_start}{GOOD}:Services:1"), good_service),
        "oin.service_id.role": (service(f"urn:etoegang:HM:{GOOD}:services:1"), good_service),
        "oin.service_id.index": (service(f"{e_start}{GOOD}:services:0"), good_service),
        "oin.service_id.production_index": (service(f"{e_start}{GOOD}:services:9050", PRODUCTION), good_service),
        "oin.service_id.padding": (
            service(f"{e_start}{GOOD}:services:1", None, f"{e_start}{GOOD}:services:0001"),
            good_service,
        ),
    }
    return [Vector(code, violates, meets) for code, (violates, meets) in pairs.items()]


VECTORS: list[Vector] = [*_oin_vectors(), *_identifier_vectors()]
