"""What callers hand in: text for an enumeration gives the answer of its member or is refused; nothing passes weaker.

The walk goes over every public function and every value a caller makes, finds by its annotations each parameter that is
an enumeration, a moment or bytes, and feeds it text, wrong text and wrong types.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

import pkitools
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError, PkitoolsError
from pkitools.fetching import HttpFetcher
from pkitools.findings import Report
from pkitools.http import ProxyKind, TrustedProxies
from pkitools.oin_register import Listing, Organization, Query, QueryKind, RegisterStatus
from pkitools.requests.keys import wrap_key
from tests.house.test_public_api import ROOMS, annotations
from tests.support import chains, metadata, requests
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, good_chain

ROOT = Path(__file__).parents[2]
Given = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """One parameter to feed: of which callable, its name, its annotation, and what of interest is in that."""

    function: Callable[..., Any]
    where: str
    name: str
    hint: Any
    kinds: tuple[type, ...]

    @property
    def optional(self) -> bool:
        return type(None) in typing.get_args(self.hint)

    @property
    def several(self) -> bool:
        """It takes a tuple or an iterable of them."""
        return any(
            (origin := typing.get_origin(part)) is not None
            and origin is not types.UnionType
            and origin is not typing.Union
            for part in (self.hint, *typing.get_args(self.hint))
        )


def kinds(hint: Any) -> set[type]:
    """The enumerations, datetime and bytes that an annotation names."""
    if isinstance(hint, type) and (issubclass(hint, enum.Enum) or hint in {datetime, bytes}):
        return {hint}
    return set().union(*map(kinds, typing.get_args(hint)))


# values that pkitools makes itself and callers only read
MADE_HERE = frozenset(
    [
        "ConnectingOrganization",
        "Connection",
        "Connections",
        "ConnectionStatus",
        "HeldKey",
        "HeldRequest",
        "Replaced",
        "Risk",
        "Risks",
        "MigrationFacts",
        "Notice",
        "Readiness",
        "SystemStance",
        "Draft",
        "LeadTimes",
        "Plan",
        "PlanDate",
        "ConnectionsStatus",
        "CertificateUse",
        "StepStatus",
        "Hanging",
        "Above",
        "HeldCertificate",
        "Successor",
        "Judgement",
        "Place",
        "Pending",
        "Pointer",
        "Portfolio",
        "Reading",
        "Unread",
        "EarlierCertificate",
        "Earlier",
        "Changes",
        "Alert",
        "AskedSignatures",
        "Attempt",
        "Handshake",
        "Observation",
        "ProbeResult",
        "Arrival",
        "Choice",
        "Ordered",
        "Reason",
        "SelfSignedPlan",
        "Contents",
        "Item",
        "CheckResult",
        "FileCheck",
        "Prefix",
        "InstanceName",
        "TSP",
        "AttributeRule",
        "SANRule",
        "RequestFacts",
        "RequestPlan",
        "CertificateRevocation",
        "CertificateRevocationList",
        "RevocationResult",
        "RevocationStatus",
        "Statement",
        "System",
        "FactsStatus",
        "SystemStatus",
        "CACertificate",
        "CatalogueEntry",
        "Hierarchy",
        "PolicyInfo",
        "Recognition",
        "TrustAnchor",
        "TrustStore",
        "PathResult",
        "VerifiedPath",
        "EngineRequest",
        "EngineResult",
        "CertificateFacts",
        "DistinguishedName",
        "Extension",
        "PublicKey",
        "SignedParts",
        "Outcome",
        "Violated",
        "Met",
        "NotChecked",
        "Fetched",
        "FetchRequest",
        "CacheEntry",
        "Completion",
        "Particulars",
        "Entry",
        "IssuerFetch",
        "Output",
        "OINResult",
        "Period",
        "MetadataChange",
        "MetadataCheck",
        "MetadataComparison",
        "ReadMetadata",
        "AcceptedBy",
        "BundleEntry",
        "ExportedFile",
        "FormSheet",
        "LeftOut",
        "Link",
        "PublishedAuthority",
        "BindingDate",
        "Breakage",
        "Change",
        "Counterpart",
        "MigrationPlan",
        "RenewalDifference",
        "Replacement",
        "WorkStep",
        "ClientCertificate",
        "Organization",
        "RegisterAnswer",
        "RegisterPlace",
        "Snapshot",
        "TakenSnapshot",
    ]
)
# take what this library itself cut out of a structure or made: callers have no business with them
INNER = frozenset(
    [
        "signed_parts",
        "file_document",
        "conformance",
        "departures",
        "key_identifier",
        "met_if",
        "violated",
        "ask",
        "outcome",
        "crash",
        "met_if_none",
        "Cache.load",
        "Cache.store",
        "DiskCache.load",
        "DiskCache.store",
        "CertificateRevocationList.mentions",
        "CertificateRevocationList.signed_by",
        "CertificateRevocationList.was_checked_with",
        "SerialIndex.find",
        "SerialIndex.find_named",
        "CheckResult.of",
        "Report.of",
        "RevocationResult.of",
        "OINResult.of",
        "Checker.of",
        "Counterpart.concerns",
        "Judgement.with_beside",
    ]
)


@cache
def public() -> dict[str, Callable[..., Any]]:
    """Every public function, every constructor of a value that callers make, every method of a public class."""
    found: dict[Any, str] = {}
    for room in ("pkitools", *ROOMS):
        module = importlib.import_module(room)
        for name in module.__all__:
            item = getattr(module, name)
            if inspect.isfunction(item):
                found.setdefault(item, name)
            elif inspect.isclass(item) and not issubclass(item, (enum.Enum, BaseException)):
                if name not in MADE_HERE and not getattr(item, "_is_protocol", False):
                    found.setdefault(item, name)
                for attribute, value in vars(item).items():
                    method = getattr(value, "__func__", value)
                    if inspect.isfunction(method) and not attribute.startswith("_"):
                        found.setdefault(method, f"{name}.{attribute}")
    return {name: item for item, name in found.items() if name not in INNER}


@cache
def parameters() -> tuple[Parameter, ...]:
    return tuple(parameter for where, item in public().items() for parameter in parameters_of(item, where))


def parameters_of(item: Callable[..., Any], where: str) -> Iterator[Parameter]:
    hints = annotations(item)
    for name in inspect.signature(item).parameters:
        found = tuple(sorted(kinds(hints[name]), key=str)) if name in hints else ()
        if found:
            yield Parameter(item, where, name, hints[name], found)


# --- good calls -------------------------------------------------------------------------------------------------------


@cache
def chain_pem() -> bytes:
    from pkitools.requests.keys import to_pem

    chain = good_chain()
    return b"".join(to_pem("CERTIFICATE", part.der) for part in (chain.leaf, chain.tsp, chain.domain, chain.root))


@cache
def store() -> Any:
    return pkitools.TrustStore.from_der([good_chain().root.der])


@cache
def facts() -> Any:
    return pkitools.read_certificate(good_chain().leaf.der)


@cache
def key_pem() -> bytes:
    return requests.pooled_key().pem(None)


def path() -> Given:
    chain = good_chain()
    return {"leaf": chain.leaf.der, "intermediates": chain.intermediates, "anchors": [chain.root.der], "moment": MOMENT}


def judged() -> Given:
    chain = good_chain()
    return {
        "moment": MOMENT,
        "environment": Environment.PREPRODUCTION,
        "trust": store(),
        "intermediates": chain.intermediates,
    }


@cache
def checker() -> Any:
    return pkitools.checking.Checker(**judged())


def batch() -> bytes:
    return (
        b'[defaults]\nprofile = "g4-tls"\nenvironment = "production"\norganization = "Gemeente A"\n'
        b'oin = "00000003273229750000"\n[[request]]\nname = "a"\ncommon_name = "a.example.nl"\ndns = ["a.example.nl"]\n'
    )


def entity() -> Given:
    return {"text": "urn:nl-eid-gdi:1.0:DV:00000003273229750000:entities:0001", "environment": Environment.PRODUCTION}


def system() -> Any:
    return pkitools.get_system("digikoppeling")


def then() -> Given:
    return {"environment": Environment.PRODUCTION, "moment": MOMENT}


@cache
def signed_request() -> Any:
    return pkitools.plan_request(**GOOD["plan_request"]()).sign(requests.pooled_key())


def material() -> Any:
    from pkitools.exports import gather

    return gather(**GOOD["gather"]())


def client_material() -> Given:
    from pkitools.probing import ClientIdentity

    return {"identity": ClientIdentity(good_chain().leaf.der, None), "complete": [good_chain().leaf.der]}


def hierarchy() -> Any:
    from pkitools.trust import get_hierarchy

    return get_hierarchy("g1-private")


def client() -> Any:
    from pkitools.probing import ClientIdentity, ClientMaterial

    return ClientMaterial(ClientIdentity((good_chain().leaf.der,), good_chain().leaf.key))


def catalogue_entries() -> Any:
    from pkitools.trust import catalogue

    return catalogue().by_sha256.values()


def held() -> Any:
    from pkitools.portfolio import Gathering, Judging, scan

    judging = Judging(moment=MOMENT)
    gathering = Gathering(["a"], judging)
    gathering.add(next(scan([Path(__file__).with_name("__init__.py")], judging)))  # made for each call: a short file
    return judging, gathering.portfolio()


def held_certificate() -> Any:
    from pkitools.portfolio.reading import held_certificate as made

    return made(facts(), (), ())


def asked_for_page() -> Any:
    from pkitools.reports.pages import Asked

    return Asked(moment=MOMENT, environment=Environment.PRODUCTION)


def earlier_document() -> bytes:
    from pkitools.reports import portfolio_report

    return portfolio_report(held()[1], ".json")


def connections() -> bytes:
    organization = '[organization.a]\noin = "00000003273229750000"\nname = "a"\n'
    return f'{organization}[[connection]]\norganization = "a"\nenvironment = "production"\n'.encode()


def connection_status() -> Any:
    from pkitools.connections import hold, read_connections

    return hold(read_connections(connections(), "a"), held()[0])


def planned() -> Given:
    from pkitools.connections import lead_times

    return {"day": date(2027, 6, 1), "anchor": "live", "moment": MOMENT, "lead_times": lead_times()}


def a_plan() -> Any:
    from pkitools.connections import plan

    return plan(**planned())


GOOD: Mapping[str, Callable[[], Given]] = {
    "Connection.lead_times_at": lambda: {"self": connection_status().statuses[0].connection, "moment": MOMENT},
    "Connection.tsp_at": lambda: {"self": connection_status().statuses[0].connection, "moment": MOMENT},
    "ConnectionStatus.of": lambda: {"self": connection_status().statuses[0], "step": "oin"},
    "LeadTime": lambda: {"kind": "delivery", "amount": 1, "unit": "days"},
    "LeadTimes.of": lambda: {"self": planned()["lead_times"], "kind": "delivery"},
    "Plan.on": lambda: {"self": a_plan(), "kind": "order"},
    "ConnectionsStatus.grouped": lambda: {"self": connection_status(), "by": "system"},
    "Planned": lambda: {"plan": None, "system": None, "environment": Environment.PRODUCTION},
    "Work": lambda: {"moment": MOMENT, "planned": ()},
    "lead_times": lambda: {"system": "digid"},
    "plan": planned,
    "plan_document": lambda: {"planned": [], "moment": MOMENT},
    "read_connections": lambda: {"data": connections(), "name": "a"},
    "Judging": lambda: {"moment": MOMENT, "environment": Environment.PRODUCTION, "passphrase": b"a"},
    "Claim": lambda: {
        "name": "a",
        "places": ("a",),
        "environment": Environment.PRODUCTION,
        "oin": "00000003273229750000",
    },
    "scan": lambda: {"places": [], "judging": held()[0], "contents": {"a": chain_pem()}},
    "HeldCertificate.standing": lambda: {"self": held_certificate(), "moment": MOMENT},
    "HeldCertificate.days_left": lambda: {"self": held_certificate(), "moment": MOMENT},
    "HeldCertificate.is_due": lambda: {"self": held_certificate(), "moment": MOMENT},
    "read_earlier": lambda: {"data": earlier_document(), "name": "a"},
    "Checker.check_many": lambda: {"self": checker(), "certificates": [good_chain().leaf.der]},
    "ClientIdentity": lambda: {"certificates": [good_chain().leaf.der], "key": None},
    "ClientMaterial": client_material,
    "probe": lambda: {"host": "localhost", "moment": MOMENT, "environment": Environment.PRODUCTION, "trust": store()},
    "check": lambda: {"certificate": good_chain().leaf.der, **judged()},
    "Checker.check": lambda: {"self": checker(), "certificate": good_chain().leaf.der},
    "check_file": lambda: {"file": chain_pem(), **judged()},
    "check_metadata": lambda: {"data": metadata.good(), "system": "digid-machtigen", **judged()},
    "compare_metadata": lambda: {"old": metadata.good(), "new": metadata.good()},
    "read_metadata": lambda: {"data": metadata.good(), "name": "m"},
    "check_oin": lambda: {"text": "00000003273229750000", "environment": Environment.PRODUCTION},
    "check_entity_id": entity,
    "check_service_id": lambda: {**entity(), "text": "urn:nl-eid-gdi:1.0:DV:00000003273229750000:services:0001"},
    "check_request": lambda: {"request": requests.request(), "environment": Environment.PRODUCTION},
    "check_revocation": lambda: {
        "path": [good_chain().leaf.der, good_chain().tsp.der, good_chain().domain.der, good_chain().root.der],
        "moment": MOMENT,
        "policy": pkitools.RevocationPolicy.PREFER,
        "crls": [chains.crl(good_chain().tsp, 7)],
    },
    "check_reuse": lambda: {"items": (), "moment": MOMENT},
    "choice_of": lambda: {"values": order(), "moment": MOMENT},
    "faults_of": lambda: {"values": order(), "moment": MOMENT},
    "Choice.trial_stance": lambda: {"self": chosen(), "moment": MOMENT},
    "choose": lambda: {"system": system(), "environment": Environment.PRODUCTION, "moment": MOMENT},
    "clock_is_plausible": lambda: {"moment": MOMENT},
    "end_entity_first": lambda: {"certificates": [good_chain().tsp.der, good_chain().leaf.der]},
    "evaluate": lambda: {"system": system(), "environment": Environment.PRODUCTION, "leaf": facts(), "moment": MOMENT},
    "items_of": lambda: {"source": pkitools.read_source(chain_pem(), "f"), "kind": "certificate"},
    "may_hold_more": lambda: {"data": b"a note"},
    "lint": lambda: {"facts": facts(), "moment": MOMENT, "environment": Environment.PRODUCTION},
    "load_key": lambda: {"data": key_pem(), "name": "k"},
    "oin_from_certificate": lambda: {"certificate": good_chain().leaf.der},
    "plan_order": lambda: {"values": order(), "moment": MOMENT},
    "plan_self_signed": lambda: {"values": order(), "moment": MOMENT},
    "plan_request": lambda: {
        "profile": "g4-tls",
        "environment": Environment.PREPRODUCTION,
        "common_name": "a.example.nl",
        "organization": "Gemeente A",
        "oin": "00000099000000001000",
        "kvk": "27322975",
    },
    "read_batch": lambda: {"data": batch(), "file": "f"},
    "read_manifest": lambda: {"data": manifest(), "name": "m"},
    "read_orders": lambda: {"data": batch(), "file": "f", "moment": MOMENT},
    "renewal_of": lambda: {"contents": pkitools.read_source(chain_pem(), "f"), "moment": MOMENT},
    "ReceivingMeans": lambda: {"moment": MOMENT},
    "SelfSigned.outputs": lambda: {"self": self_signed(), "prefix": "x", "passphrase": None},
    "read_certificate": lambda: {"certificate": good_chain().leaf.der},
    "read_crl": lambda: {"data": chains.crl(good_chain().tsp, 7)},
    "read_request": lambda: {"request": requests.request()},
    "read_source": lambda: {"data": chain_pem(), "name": "f"},
    "validate_many": lambda: {**{k: v for k, v in path().items() if k != "leaf"}, "leaves": [good_chain().leaf.der]},
    "validate_path": path,
    "verify_path": path,
    "Expectation": dict,
    "Revocation": dict,
    "RevocationOptions": dict,
    "Report": lambda: {"subject": "s", "moment": MOMENT, "environment": Environment.PRODUCTION},
    "Rule": lambda: {"code": "a.b.c", "severity": "warning", "source": pkitools_source(), "certainty": "standard"},
    "Basis": lambda: {"source": pkitools_source(), "certainty": "standard"},
    "Use": lambda: {"facts": facts(), "system": None, "environment": Environment.PRODUCTION},
    "CACertificate.status": lambda: {"self": store().anchors[0], "moment": MOMENT},
    "CatalogueEntry.status": lambda: {"self": next(iter(catalogue_entries())), "moment": MOMENT},
    "Hierarchy.status": lambda: {"self": hierarchy(), "moment": MOMENT},
    "PrivateKey.pem": lambda: {"self": requests.pooled_key(), "passphrase": None},
    "Revocation.policy_in": lambda: {"self": pkitools.Revocation(), "environment": Environment.PRODUCTION},
    "SubjectRule.names": lambda: {"self": pkitools.get_profile("g4-tls").subject, "presence": "required"},
    "System.about_hierarchy": lambda: {"self": system(), "name": "g4-tls", "group": "pkioverheid", **then()},
    "System.self_signed_allowed": lambda: {"self": system(), **then()},
    "System.statements_at": lambda: {"self": system(), **then()},
    "Statement.holds": lambda: {"self": system().statements[0], **then()},
    "facts_status": lambda: {"moment": MOMENT},
    "complete_from_aia": lambda: {
        "chain": [good_chain().leaf.der],
        "fetcher": HttpFetcher(),
        "known": [good_chain().tsp.der],
    },
    "accepted_by": lambda: {"hierarchy": hierarchy(), "moment": MOMENT},
    "build_export": lambda: {"form": "public", "material": material(), "target": "x", "moment": MOMENT},
    "compare_certificates": lambda: {"old": good_chain().leaf.der, "new": good_chain().tsp.der, "moment": MOMENT},
    "try_readiness": lambda: {
        "host": "localhost",
        "port": 443,
        "moment": MOMENT,
        "signed_with_pss": client(),
        "signed_with_pkcs1": client(),
    },
    "plan_migration": lambda: {"certificate": good_chain().leaf.der, "moment": MOMENT},
    "compare_bundle": lambda: {"bundle": chain_pem(), "moment": MOMENT},
    "complete_path": lambda: {"leaf": good_chain().leaf.der, "others": chain_pem(), "moment": MOMENT},
    "gather": lambda: {"contents": pkitools.read_source(chain_pem(), "f"), "moment": MOMENT},
    "key_store": lambda: {
        "key": wrap_key(good_chain().leaf.key, made_here=True),
        "certificate": good_chain().leaf.der,
        "above": [good_chain().tsp.der],
        "passphrase": b"secret",
        "name": "x",
        "rounds": 100,
    },
    "keys_of": lambda: {"contents": pkitools.read_source(key_pem(), "k"), "data": key_pem(), "passphrase": None},
    "subject_hash": lambda: {"certificate": good_chain().root.der},
    "trust_bundle": lambda: {
        "hierarchy": "g1-private",
        "kind": "pem",
        "target": "x",
        "moment": MOMENT,
        "passphrase": b"secret",
        "rounds": 100,
    },
    "trust_store": lambda: {"roots": {"a": good_chain().root.der}, "passphrase": b"secret", "rounds": 100},
    "SignedRequest.outputs": lambda: {"self": signed_request(), "prefix": "x", "passphrase": None},
    "systems_list_document": lambda: {"systems": [system()], "moment": MOMENT},
    "systems_show_document": lambda: {"system": system(), "moment": MOMENT},
    "trust_list_document": lambda: {"moment": MOMENT},
    "trust_show_document": lambda: {"asked": "g1-private", "moment": MOMENT},
    "trust_show_document_v1": lambda: {"asked": "g1-private", "moment": MOMENT},
    "cert_show_document": lambda: {"files": (), "moment": MOMENT},
    "cert_show_document_v1": lambda: {"files": (), "moment": MOMENT},
    "read_system": lambda: {"text": (ROOT / "docs/templates/system.toml").read_text(encoding="utf-8")},
    "Period.holds": lambda: {"self": next(iter(periods().values())), "issued": MOMENT, "moment": MOMENT},
    "Report.codes": lambda: {"self": Report("s")},
    "Contents.of_kind": lambda: {"self": pkitools.read_source(chain_pem(), "f"), "kind": "certificate"},
    "TrustStore.at": lambda: {"self": store(), "moment": MOMENT},
    "TrustStore.from_der": lambda: {"certificates": [good_chain().root.der]},
    "Frame": lambda: {"moment": MOMENT},
    "Asked": lambda: {"moment": MOMENT, "environment": Environment.PRODUCTION},
    "certificate_page": lambda: {"files": (), "asked": asked_for_page()},
    "checked_for_page": lambda: {"files": (), "asked": asked_for_page()},
    "Query": lambda: {"kind": QueryKind.KVK, "text": "27373207"},
    "lookup": lambda: {"query": "27373207", "moment": MOMENT},
    "take_snapshot": lambda: {"register": Listed(), "moment": MOMENT},
    "header_of": lambda: {"kind": ProxyKind.NGINX},
    "read_header": lambda: {"kind": ProxyKind.NGINX, "headers": ()},
    "client_certificate": lambda: {
        "proxies": TrustedProxies("10.1.2.3"),
        "kind": ProxyKind.NGINX,
        "peer": "10.1.2.3",
        "headers": (),
    },
}


def order() -> dict[str, str]:
    given = {"for": "digid-machtigen", "environment": "preproduction", "common_name": "a.example.nl"}
    return {**given, "oin": "00000003273229750000", "organization": "Gemeente A"}


def chosen() -> Any:
    from pkitools.ordering import choice_of

    return choice_of(order(), moment=MOMENT)


def manifest() -> bytes:
    from pkitools.ordering import Manifest, Ordered

    return Manifest({"0" * 64: Ordered("a", Environment.PRODUCTION, "g4-tls")}).json


@cache
def self_signed() -> Any:
    from pkitools.ordering import plan_self_signed

    return plan_self_signed(order(), moment=MOMENT).sign(requests.pooled_key())


class Listed:
    """A register with one record."""

    url = "https://register.example.nl"

    def search(self, query: Query) -> Listing:
        return self.everything()

    def everything(self) -> Listing:
        return Listing((Organization("00000003273229750000", "Voorbeeld", RegisterStatus.REGISTERED),))


def periods() -> Any:
    from pkitools.rules.periods import periods

    return periods()


def pkitools_source() -> Any:
    from pkitools.documents import cite

    return cite("pkitools")


def call(function: Callable[..., Any], given: Given) -> object:
    """What a call answers, in a form that can be compared."""
    given = dict(given)
    if "self" in given:
        answer = function(given.pop("self"), **given)
        return summary(list(answer) if isinstance(answer, types.GeneratorType) else answer)
    owner = function.__qualname__.partition(".")[0]
    if inspect.isfunction(function) and "." in function.__qualname__ and owner == "TrustStore":
        return summary(getattr(pkitools.TrustStore, function.__name__)(**given))
    answer = function(**given)
    return summary(list(answer) if isinstance(answer, types.GeneratorType) else answer)


def summary(answer: Any) -> object:
    report = getattr(answer, "report", answer)
    if isinstance(report, Report):
        told = sorted((o.rule.code, str(o.status), o.rule.severity, sorted(o.params.items())) for o in report.outcomes)
        return report.verdict, told, report.environment
    if isinstance(answer, (list, tuple)):
        return [summary(each) for each in answer]
    outcomes = getattr(answer, "outcomes", None)
    return [str(o) for o in outcomes] if outcomes is not None else repr(answer)


def said(function: Callable[..., Any], given: Given) -> object:
    try:
        return call(function, given)
    except PkitoolsError as error:
        return type(error).__name__, error.code


# --- the walk ---------------------------------------------------------------------------------------------------------

WRONG_TYPES: tuple[Any, ...] = (3.5, object(), [object()], {"a": 1}, True)


def text_of(member: enum.Enum) -> str:
    return member.name.lower() if isinstance(member, int) else str(member.value)


def faults(parameter: Parameter) -> Iterator[str]:
    """What is wrong with how one parameter is taken."""
    good = GOOD[parameter.where]
    base = said(parameter.function, good())
    if isinstance(base, tuple) and base and base[0] in {"InputError", "InvalidValueError"}:
        yield f"{parameter.where}: the good call is refused: {base}"
        return

    def give(value: Any) -> object:
        return said(parameter.function, {**good(), parameter.name: value})

    for kind in parameter.kinds:
        if issubclass(kind, enum.Enum):
            yield from enum_faults(parameter, kind, give)
    if datetime in parameter.kinds:
        for wrong in (datetime(2026, 11, 22), date(2026, 11, 22), "2026-11-22T12:00:00Z", 0, b"x"):  # noqa: DTZ001 naive
            yield from refused(parameter, wrong, give)
    if bytes in parameter.kinds:
        for wrong in (3, "nonsense", *WRONG_TYPES):
            yield from refused(parameter, wrong, give)
    if not parameter.optional:
        yield from refused(parameter, None, give)


def enum_faults(parameter: Parameter, kind: type[enum.Enum], give: Callable[[Any], object]) -> Iterator[str]:
    wrap: Callable[[Any], Any] = (lambda value: (value,)) if parameter.several else (lambda value: value)
    for member in kind:
        if give(wrap(text_of(member))) != give(wrap(member)):
            yield f"{parameter.where}({parameter.name}={text_of(member)!r}) differs from {member!r}"
    for wrong in ("nonsense", "", text_of(next(iter(kind))).upper(), *WRONG_TYPES, b"x"):
        yield from refused(parameter, wrap(wrong), give)


def refused(parameter: Parameter, wrong: Any, give: Callable[[Any], object]) -> Iterator[str]:
    try:
        answer = give(wrong)
    except Exception as error:
        yield f"{parameter.where}({parameter.name}={wrong!r}) raises {type(error).__name__}: {error}"
        return
    if not (isinstance(answer, tuple) and len(answer) == 2 and str(answer[0]).endswith("Error")):
        yield f"{parameter.where}({parameter.name}={wrong!r}) is taken"


def test_every_public_parameter_of_these_kinds_has_a_good_call() -> None:
    assert {parameter.where for parameter in parameters()} == set(GOOD) | {"write_public", "write_secret"}


@in_one_test
@pytest.mark.parametrize("where", sorted(GOOD))
def test_text_gives_the_same_answer_and_what_is_wrong_is_refused(where: str) -> None:
    found = [fault for parameter in parameters() if parameter.where == where for fault in faults(parameter)]
    assert not found, "\n".join(found)


def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that compares with ``is`` and normalises nothing takes text for the weaker rule."""

    def weak(environment: Environment = Environment.PRODUCTION, moment: datetime = MOMENT) -> str:
        return "strict" if environment is Environment.PRODUCTION else f"lenient {moment}"

    weak.__module__ = __name__
    monkeypatch.setitem(GOOD, "weak", dict)  # type: ignore[arg-type]  # a mapping for readers, a dict here
    found = [fault for parameter in parameters_of(weak, "weak") for fault in faults(parameter)]
    assert any("differs from" in fault for fault in found)
    assert any("is taken" in fault for fault in found)


def test_text_for_an_enumeration_never_passes_where_its_member_does_not() -> None:
    """The case that began it: nothing was asked about revocation, so nothing has passed."""
    der, *_ = pkitools.read_source(chain_pem(), "f").certificates
    for policy in ("require", "hard-fail", "REQUIRE"):
        with pytest.raises(PkitoolsError) if policy != "require" else _nothing():
            result = pkitools.check(der, **judged(), revocation=pkitools.Revocation(policy=policy))
            assert result.report.verdict is not pkitools.Verdict.PASSED
    with pytest.raises(InvalidValueError, match="preproduction, production"):
        pkitools.check(der, **{**judged(), "environment": "PRODUCTION"})


def _nothing() -> Any:
    import contextlib

    return contextlib.nullcontext()


FRONT = [name for name in sorted(GOOD) if name in pkitools.__all__]


@in_one_test
@pytest.mark.parametrize("where", FRONT)
def test_nothing_but_our_own_error_leaves_the_front_door(where: str) -> None:
    """Whatever is handed in for whatever parameter: an answer, or an error of ours. A flag is a flag in any type."""
    item = public()[where]
    hints = annotations(item)
    found = []
    for name in inspect.signature(item).parameters:
        if name not in hints or hints[name] is bool:
            continue
        for wrong in (object(), 3.5, "nonsense", b"nonsense", ["nonsense"]):
            try:
                said(item, {**GOOD[where](), name: wrong})
            except Exception as error:
                found.append(f"{where}({name}={wrong!r}) raises {type(error).__name__}: {error}")
    assert not found, "\n".join(found)


# --- the rooms that say of each parameter what it takes ---------------------------------------------------------------

STRICT: Final = ("pkitools.connections", "pkitools.portfolio", "pkitools.renewal", "pkitools.rules.working_days")


def working_days() -> Any:
    from pkitools.connections import WorkingDays

    return WorkingDays()


def read() -> Any:
    from pkitools.connections import read_connections

    return read_connections(connections(), "a")


def notice() -> Any:
    from pkitools.renewal import compare_certificates

    found = compare_certificates(
        **GOOD["compare_certificates"](), systems=["digid-machtigen"], environment="production"
    )
    return found.notices[0]


def found() -> Any:
    return held()[1]


ALSO_GOOD: Mapping[str, Callable[[], Given]] = {
    "Stated": lambda: {"live": date(2026, 12, 1), "tested": date(2026, 12, 2)},
    "LeadTime.back_from": lambda: {"self": lead_time(), "day": date(2027, 6, 1), "calendar": working_days()},
    "LeadTime.over_by": lambda: {"self": lead_time(), "day": date(2027, 6, 1), "calendar": working_days()},
    "Plan.begin_for": lambda: {"self": a_plan(), "subscriber": None},
    "Plan.is_late": lambda: {"self": a_plan(), "subscriber": None, "today": date(2027, 6, 1)},
    "Plan.at_once": lambda: {"self": a_plan(), "today": date(2027, 6, 1)},
    "WorkingDays": dict,
    "WorkingDays.holds": lambda: {"self": working_days(), "day": date(2027, 6, 1)},
    "WorkingDays.at_or_before": lambda: {"self": working_days(), "day": date(2027, 6, 1)},
    "WorkingDays.before": lambda: {"self": working_days(), "day": date(2027, 6, 1), "count": 3},
    "WorkingDays.after": lambda: {"self": working_days(), "day": date(2027, 6, 1), "count": 3},
    "claims_of": lambda: {"connections": read()},
    "draft": lambda: {"portfolio": found(), "folder": ""},
    "hold": lambda: {"connections": read(), "judging": held()[0]},
    "keys_named": lambda: {"connections": read(), "found": found()},
    "uses_of": lambda: {"connections": read()},
    "Gathering": lambda: {"asked": ["a"], "judging": held()[0]},
    "Gathering.add": lambda: {"self": gathering(), "reading": reading()},
    "Gathering.add_outside": lambda: {"self": gathering(), "reading": reading()},
    "Portfolio.having": lambda: {"self": found(), "spki_sha256": "0" * 64},
    "Risks.of": lambda: {"self": risks(), "sha256": "0" * 64},
    "by_folder": lambda: {"asked": ["a"]},
    "misfits": lambda: {"found": found()},
    "risks_of": lambda: {"portfolio": found()},
    "changes_since": lambda: {"portfolio": found(), "earlier": earlier()},
    "count_files": lambda: {"places": ["a"]},
    "Notice.title": lambda: {"self": notice(), "language": "nl"},
    "Notice.why": lambda: {"self": notice(), "language": "nl"},
    "Notice.letter": lambda: {"self": notice(), "language": "nl"},
    "certificates_of": lambda: {"contents": pkitools.read_source(chain_pem(), "f")},
    "one_certificate": lambda: {"contents": pkitools.read_source(chain_pem(), "f")},
    "changes_between": lambda: {"old": facts(), "new": facts()},
}
"""Of functions that take nothing of the kinds above."""
NAMED_AS: Final = {"allow_net": "network"}
"""Parameters that an error calls by what they stand for."""


def lead_time() -> Any:
    from pkitools.connections import LeadTime

    return LeadTime("delivery", 1, "days")  # type: ignore[arg-type]  # as text


def gathering() -> Any:
    from pkitools.portfolio import Gathering

    return Gathering(["a"], held()[0])


def reading() -> Any:
    from pkitools.portfolio import Reading

    return Reading("a")


def risks() -> Any:
    from pkitools.portfolio.risk import risks_of

    return risks_of(found())


def earlier() -> Any:
    from pkitools.portfolio import read_earlier

    return read_earlier(earlier_document(), "a")


@cache
def strict() -> dict[str, Callable[..., Any]]:
    """What is public in these rooms and takes anything but flags."""
    every = {name: item for name, item in public().items() if item.__module__.startswith(STRICT)}
    return {name: item for name, item in every.items() if [*strict_parameters(item)]}


def strict_parameters(item: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    hints = annotations(item) or annotations(getattr(item, "__init__", item))
    for name in inspect.signature(item).parameters:
        if name in hints and hints[name] is not bool:
            yield name, hints[name]


def wrong_for(hint: Any) -> Iterator[Any]:
    """Values that an annotation has no place for, alone and in what holds several."""
    for wrong in (object(), 3.5, b"x", "nonsense", 7, True, [object()], {"a": object()}, datetime(2026, 11, 22), None):  # noqa: DTZ001 naive
        if not takes(hint, wrong):
            yield wrong


def takes(hint: Any, value: Any) -> bool:
    """Whether an annotation has a place for a value, or may have."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or hint is object or getattr(hint, "_is_protocol", False):
        return True
    if origin in {types.UnionType, typing.Union}:
        return any(takes(each, value) for each in inside)
    if origin is typing.Literal:
        return value in inside
    is_of_several = isinstance(origin, type) and issubclass(origin, Iterable) and not issubclass(origin, Mapping)
    if is_of_several and takes(inside[0], value):
        return True  # one will do
    if origin is not None:
        if not isinstance(value, origin) or isinstance(value, (str, bytes)):
            return False
        if isinstance(value, Mapping):
            return len(inside) != 2 or all(takes(inside[0], k) and takes(inside[1], v) for k, v in value.items())
        return all(takes(inside[0], each) for each in value)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint in {int, date}:
        return type(value) is hint  # a flag is an int to Python, and a moment a date; neither is meant
    return isinstance(value, hint)


def test_each_of_these_rooms_has_a_good_call() -> None:
    assert set(strict()) <= set(GOOD) | set(ALSO_GOOD)
    assert set(ALSO_GOOD) <= set(strict())


@in_one_test
@pytest.mark.parametrize("where", sorted(strict()))
def test_a_wrong_type_is_refused_by_the_name_of_its_parameter(where: str) -> None:
    item, good = strict()[where], {**GOOD, **ALSO_GOOD}[where]
    assert said(item, good())[:1] != ("InvalidValueError",)
    bad = [fault for name, hint in strict_parameters(item) for fault in of_wrong_types(where, item, good, name, hint)]
    assert not bad, "\n".join(bad)


def of_wrong_types(
    where: str, item: Callable[..., Any], good: Callable[[], Given], name: str, hint: Any
) -> Iterator[str]:
    for wrong in wrong_for(hint):
        try:
            call(item, {**good(), name: wrong})
        except PkitoolsError as error:
            said_of = f"{error.code} {dict(error.params)}"
            if not any(each in said_of for each in (name, NAMED_AS.get(name, name))) and not takes(str, wrong):
                yield f"{where}({name}={wrong!r}) does not name it: {error}"
        except Exception as error:
            yield f"{where}({name}={wrong!r}) raises {type(error).__name__}: {error}"
        else:
            yield f"{where}({name}={wrong!r}) is taken"


def test_a_name_nobody_knows_asks_no_fewer_rules() -> None:
    """``lint`` with a system misspelt asked nine rules fewer and passed."""
    given = {"moment": MOMENT, "environment": Environment.PRODUCTION}
    for wrong in ("Digikoppel", "digikopeling", "digikoppeling,", 3):
        with pytest.raises(InvalidValueError):
            pkitools.lint(facts(), **given, system=wrong)  # type: ignore[arg-type]  # that is the test
    assert summary(pkitools.lint(facts(), **given, system=system())) == summary(
        pkitools.lint(facts(), **given, system="digikoppeling")
    )
    assert summary(pkitools.lint(facts(), **given, system=system())) == summary(
        pkitools.lint(facts(), **given, system="Digi-Koppeling")
    )


@pytest.mark.parametrize("where", ["read_source", "load_key", "check_file"])
def test_a_passphrase_given_as_text_is_not_in_the_error(where: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        public()[where](**{**GOOD[where](), "passphrase": "Welkom01!"})
    assert "Welkom01!" not in f"{caught.value}{caught.value.params}{caught.value!r}"


def test_what_is_exempt_is_still_there() -> None:
    names = {name for room in ROOMS for name in importlib.import_module(room).__all__}
    gone = {name for name in MADE_HERE if name not in names}
    assert not gone
    assert not {name for name in INNER if name.partition(".")[0] not in names}
