"""The data of every system: whole, sourced, and never firmer than its source."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from pkitools.documents import Document, DocumentStatus, Reading, documents
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError, PkitoolsError
from pkitools.findings import Certainty, Rule, Severity, Status
from pkitools.findings.model import NEVER_ERROR
from pkitools.systems import Stance, Statement, System, Topic, evaluate, get_system, read_system, rules, systems
from pkitools.systems.evaluation import SUPPLIER
from pkitools.systems.model import READ_ONLY
from pkitools.systems.reading import BINDING, WHOSE_OIN, can_bind
from pkitools.trust import HierarchyKind, decode_policy, hierarchies
from tests.support.cases import in_one_test
from tests.support.certificates import giving, made

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = [system.name for system in systems()]
TEMPLATE = Path(__file__).parents[2] / "docs" / "templates" / "system.toml"
GROUPS = {"pkioverheid", "trial", "test", "acceptance", "*"}
FIELDS = {"name", "title", "owner", "about", "retrieved", "version", "statement"}
STATEMENT_FIELDS = {
    *("topic", "environments", "answer", "values", "roles", "number", "source", "section", "certainty", "severity"),
    *("since", "until", "nl", "en"),
}
every_system = pytest.mark.parametrize(
    "system", [*systems(), read_system(TEMPLATE.read_text(encoding="utf-8"))], ids=lambda s: s.name
)


def raw(name: str) -> str:
    if name == "template":
        return TEMPLATE.read_text(encoding="utf-8")
    return files("pkitools.systems").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")


def test_a_file_is_a_system_and_goes_by_its_name() -> None:
    folder = files("pkitools.systems").joinpath("data")
    assert {entry.name for entry in folder.iterdir() if not entry.name.endswith(".table")} == {
        f"{name}.toml" for name in NAMES
    }
    assert [get_system(name).name for name in NAMES] == NAMES
    assert {"digid", "digid-machtigen", "digikoppeling", "eherkenning", "fsc", "kvk", "mijnoverheid"} < set(NAMES)
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) for name in NAMES)


def test_an_unknown_system_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InvalidValueError, match="digid-machtigen, digikoppeling"):
        get_system("suwinet")


@every_system
def test_a_file_holds_known_fields_only_and_names_documents_of_the_register(system: System) -> None:
    data = tomllib.loads(raw(system.name))
    assert data.keys() == FIELDS
    assert all(set(s) <= STATEMENT_FIELDS for s in data["statement"])
    assert {s["source"] for s in data["statement"]} <= {found.key for found in documents()}


@every_system
def test_a_statement_is_in_both_languages_and_says_what_its_topic_needs(system: System) -> None:
    for statement in system.statements:
        assert all(statement.text[language].endswith((".", ")")) for language in ("nl", "en"))
        assert statement.text["nl"] != statement.text["en"]
        if statement.topic not in {
            Topic.REGISTRATION,
            Topic.OIN,
            Topic.SIGNING,
        }:  # where it may say of whom, or of what
            assert bool(statement.values) == (statement.topic in {Topic.HIERARCHY, Topic.ENTITY_ID, Topic.POLICY})
        assert not statement.roles or statement.topic is Topic.ENTITY_ID
        numbered = statement.topic in {Topic.KEY_SIZE, Topic.MAXIMUM} and statement.answer is Stance.YES
        assert (statement.number is not None) == numbered
        known = statement.answer is not Stance.UNKNOWN
        assert (statement.certainty is not None) == known
        if known:
            assert statement.source.document.status is not DocumentStatus.NONE


def said_by_all(wanted: Callable[[Statement], bool]) -> list[Statement]:
    """The statements of all systems that a law is about: at least one, or the law says nothing."""
    found = [statement for system in systems() for statement in system.statements if wanted(statement)]
    assert found
    return found


def test_a_weak_source_never_makes_an_error() -> None:
    for statement in said_by_all(lambda said: said.certainty not in {Certainty.STANDARD, Certainty.OFFICIAL}):
        assert statement.severity <= Severity.WARNING, statement


VALUES = {
    Topic.HIERARCHY: {h.name for h in hierarchies()} | GROUPS,
    Topic.ENTITY_ID: {"gdi", "eherkenning", "*"},
    Topic.OIN: set(WHOSE_OIN),
    Topic.REGISTRATION: {SUPPLIER},
}


@pytest.mark.parametrize("topic", VALUES)
def test_values_name_things_that_exist(topic: Topic) -> None:
    for statement in said_by_all(lambda said: said.topic is topic and bool(said.values)):
        assert set(statement.values) <= VALUES[topic], statement


def test_a_policy_that_is_named_is_one_of_pkioverheid() -> None:
    for statement in said_by_all(lambda said: said.topic is Topic.POLICY and bool(said.values)):
        assert all(decode_policy(oid) for oid in statement.values), statement


@every_system
@pytest.mark.parametrize("environment", Environment)
def test_every_system_says_something_of_self_signed_and_of_hierarchies(
    system: System, environment: Environment
) -> None:
    assert system.statements_at(environment, MOMENT, Topic.SELF_SIGNED)
    named = [v for s in system.statements_at(environment, MOMENT, Topic.HIERARCHY) for v in s.values]
    assert len(named) == len(set(named)), "a hierarchy is named once"


@every_system
def test_production_never_takes_a_test_hierarchy_or_a_self_signed_certificate(system: System) -> None:
    assert system.self_signed_allowed(Environment.PRODUCTION, MOMENT) is not True
    ours = system.about_hierarchy("g1-private", "pkioverheid", Environment.PRODUCTION, MOMENT)
    # who takes no PKIoverheid has roots of its own, which nobody lists
    elsewhere = ours is not None and ours.answer is Stance.NO
    for_tests = [hierarchy for hierarchy in hierarchies() if hierarchy.environment is Environment.PREPRODUCTION]
    assert for_tests
    for hierarchy in for_tests:
        said = system.about_hierarchy(hierarchy.name, str(hierarchy.kind), Environment.PRODUCTION, MOMENT)
        assert said is not None
        not_known = elsewhere and str(hierarchy.kind) == "test"
        assert said.answer is (Stance.UNKNOWN if not_known else Stance.NO)


def is_error(said: Statement) -> bool:
    return said.answer is Stance.NO and said.severity is Severity.ERROR


@pytest.mark.parametrize("environment", Environment)
def test_self_signed_weighs_no_more_than_a_hierarchy_nobody_knows(environment: Environment) -> None:
    """What a text says of both is that they are not what it asks; to name one of them is to say more of that one."""
    refusing = [s for s in systems() if any(map(is_error, s.statements_at(environment, MOMENT, Topic.SELF_SIGNED)))]
    assert refusing
    for system in refusing:
        unknown = system.about_hierarchy("nobody's", "test", environment, MOMENT)
        assert unknown is not None
        assert is_error(unknown), system.name


NAMED_AS = {  # how a statement calls, in Dutch, what it refuses
    "g3": ("G3",),
    "ev": ("EV",),
    "g2": ("G2",),
    "g1-public": ("2002",),
    "pkioverheid": ("geen PKIoverheid", "Andere hiërarchieën van PKIoverheid"),
    **dict.fromkeys(("trial", "acceptance"), ("TRIAL", "test", "niet van PKIoverheid", "dan PKIoverheid")),
    "test": ("test", "niet van PKIoverheid", "dan PKIoverheid"),
    **{h.name: (h.label,) for h in hierarchies() if h.name.startswith("g4")},
}


@pytest.mark.parametrize("environment", Environment)
def test_no_hierarchy_fails_where_the_text_does_not_name_it(environment: Environment) -> None:
    """Each hierarchy there is, and a root nobody lists: what is refused because nothing is said of it only warns."""
    groups = {HierarchyKind.PRODUCTION: "pkioverheid"}
    every = [("nobody's", "test"), *((h.name, groups.get(h.kind, str(h.kind))) for h in hierarchies())]
    failing = [
        (each, said)
        for system in systems()
        for each in every
        if (said := system.about_hierarchy(*each, environment, MOMENT)) is not None and is_error(said)
    ]
    assert failing
    for each, said in failing:
        value = next((one for one in each if one in said.values), "*")
        assert any(word in said.text["nl"] for word in NAMED_AS.get(value, ())), (each, said.text["nl"])


@every_system
def test_a_statement_is_whole_by_itself(system: System) -> None:
    """It is told with a finding, or with an order, where nothing stands above or below it."""
    for said in system.statements:
        assert not re.search("zie de opmerking|see the note", said.text["nl"] + said.text["en"]), said.text["nl"]


NO_ENVIRONMENT_NAMED = {
    ("digid-machtigen-manual", "step 3"),  # of both, by name
    ("digikoppeling-rest-api", "3.4.3.2"),
    ("digikoppeling-security", "PKI001"),
    ("digikoppeling-security", "TLSCIPH001"),
    ("digimelding", "3.1"),
    ("etoegang", "Digital signature; SAML metadata for participants"),  # of the test network too, by name
    ("kadaster-klic", ""),
    ("mijnoverheid-support", ""),
    ("rdw-certificate", ""),
    ("rvig-brp-messages", ""),  # of the trial environment and production, by name
    ("st-saml", "metadata_dv_rd"),
    ("st-saml", "requirements"),
    ("vecozo-certificate", ""),
}
"""Places that speak of no environment, or of both. What Digikoppeling says of roots (PKI005) is about production: 3.3.2
calls "Staat der Nederlanden" the root for production, and TRIAL the one for tests."""


def test_an_error_in_preproduction_rests_on_a_text_that_speaks_of_it_or_of_none() -> None:
    here = Environment.PREPRODUCTION
    for said in said_by_all(lambda s: s.weighs and s.severity is Severity.ERROR and here in s.environments):
        assert (said.source.key, said.source.section) in NO_ENVIRONMENT_NAMED, (said.source, said.text["nl"])
        of_this_alone = said.environments == {here}
        assert not of_this_alone or re.search("test|preproductie", said.text["nl"]), said.text["nl"]


@every_system
def test_no_sentence_is_said_of_two_things(system: System) -> None:
    """What one text says of one thing is not what it says of another."""
    said = [(s.text["nl"], s.environments) for s in system.statements if s.answer is not Stance.UNKNOWN]
    assert [each for each in said if said.count(each) > 1] == []


def test_a_purpose_that_no_text_names_is_inferred() -> None:
    """A client certificate is one to the text; that its extended key usage says so is what we make of it."""
    for statement in said_by_all(lambda said: said.topic in {Topic.CLIENT_AUTH, Topic.SERVER_AUTH}):
        assert statement.severity <= Severity.WARNING, statement


def test_who_rests_on_the_list_of_digikoppeling_asks_the_kind_that_is_in_it() -> None:
    """Its section 3.5 is a list of kinds of certificates: of a hierarchy that is taken for it, one kind is in it."""
    place = ("digikoppeling-security", "3.5")
    said = [system.statements_at(Environment.PRODUCTION, MOMENT) for system in systems()]
    listed = [[s for s in each if (s.source.key, s.source.section) == place] for each in said]
    resting = [each for each in listed if any(s.topic is Topic.HIERARCHY and s.answer is Stance.YES for s in each)]
    assert resting
    for each in resting:
        (asked,) = [s for s in each if s.topic is Topic.POLICY]
        assert {"2.16.528.1.1003.1.2.8.6", "2.16.528.1.1003.1.2.44.15.35.11"} <= set(asked.values)


TSPS_NAMED = re.compile("KPN|DigiCert|Digidentity")


def test_what_a_tsp_says_of_a_system_is_never_the_word_of_that_system() -> None:
    """A document that is partly a TSP's is one nobody can tell the parts of."""
    own = {id(said) for system in systems() if system.owner in {"KPN", "DigiCert"} for said in system.statements}
    for statement in said_by_all(
        lambda said: bool(TSPS_NAMED.search(said.source.document.title["nl"])) and id(said) not in own
    ):
        assert statement.certainty is Certainty.THIRD_PARTY, statement.text["nl"]


def test_what_a_tsp_issues_is_not_cited_of_a_system_s_own_text() -> None:
    """What a standard asks of a key is one thing; what can be bought today is another, of another document."""
    for statement in said_by_all(lambda said: said.topic is Topic.KEY_SIZE and said.weighs):
        assert not re.search("TSP|3072", statement.text["nl"] + statement.text["en"]), statement


def test_only_digid_machtigen_firmly_allows_self_signed_in_preproduction() -> None:
    allowed = {s.name: s.self_signed_allowed(Environment.PREPRODUCTION, MOMENT) for s in systems()}
    assert [name for name, answer in allowed.items() if answer] == ["digid-machtigen"]
    assert allowed["digid"] is None  # only a third party says no


def test_a_statement_holds_between_its_days() -> None:
    (note,) = [s for s in get_system("uzi").statements if s.topic is Topic.NOTE and s.since]
    production = Environment.PRODUCTION
    assert not note.holds(production, datetime(2026, 11, 11, 23, 59, tzinfo=UTC))
    assert note.holds(production, datetime(2026, 11, 12, tzinfo=UTC))


def test_what_people_read_is_never_weighed() -> None:
    for statement in said_by_all(lambda said: said.topic in READ_ONLY or said.answer is Stance.UNKNOWN):
        assert not statement.weighs, statement


SMALLEST = """
version = "1"
retrieved = 2026-11-22
name = "x"
title = "X"
owner = "Y"
about = { nl = "nl", en = "en" }
source.a.document = "A"
[[statement]]
topic = "oin"
source = "a"
certainty = "third_party"
nl = "Een."
en = "One."
"""


def test_adding_a_system_is_adding_a_file() -> None:
    system = read_system(SMALLEST)
    (statement,) = system.statements
    assert statement.environments == frozenset(Environment)
    assert statement.severity is Severity.WARNING


@in_one_test
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"oin"', '"oi"'),
        ('"third_party"', '"sure"'),
        ('certainty = "third_party"\n', ""),
        ('"oin"', '"oin"\nanswer = "unknown"'),
        ('source = "a"', 'source = "b"'),
        ('source = "a"', 'source = "none"'),
        ('source.a.document = "A"', 'source.a = { document = "A", status = "none" }'),
        ('nl = "Een."\n', ""),
        ('topic = "oin"', 'topic = "oin"\ntopics = 1'),
        ('topic = "oin"', 'topic = "hierarchy"\nvalues = ["g1-privat"]'),
        ('topic = "oin"', 'topic = "key_size"\nnumber = "2048"'),
        ('topic = "oin"', 'topic = "key_size"\nnumber = true'),
        ('topic = "oin"', 'topic = "oin"\nenvironments = ["produktion"]'),
        ('topic = "oin"', 'topic = "oin"\nenvironments = "production"'),
        ('topic = "oin"', 'topic = "oin"\nseverity = "fatal"'),
        ('topic = "oin"', 'topic = "oin"\nsince = 2026-11-22T12:00:00Z'),
        ("retrieved = 2026-11-22", 'retrieved = "today"'),
        ('name = "x"', "name = 1"),
        ("[[statement]]", "[statement]"),
        ('source.a.document = "A"', 'source.a = "A"'),
        ('version = "1"', 'version = "1"\ncolour = "blue"'),
    ],
)
def test_a_mistake_in_a_file_does_not_pass(old: str, new: str) -> None:
    with pytest.raises(InvalidValueError):
        read_system(SMALLEST.replace(old, new))


def can_bind_by_status(found: Document) -> bool:
    return found.status in {DocumentStatus.IN_FORCE, DocumentStatus.INFORMAL} and not found.third_party


def test_no_document_bears_an_error_unless_it_is_in_force_or_of_its_owner_and_of_no_third_party() -> None:
    """Each document of the register x each certainty, stated as an error; and each status of one of one's own."""
    register = [(f'source = "{each.key}"', "", can_bind_by_status(each)) for each in documents()]
    binding = {DocumentStatus.IN_FORCE, DocumentStatus.INFORMAL}
    own = [
        ('source = "a"', f'source.a = {{ document = "A", status = "{each}" }}', each in binding)
        for each in DocumentStatus
    ]
    refused = 0
    for cited, described, by_status in (*register, *own):
        for certainty in Certainty:
            text = SMALLEST.replace('source = "a"', cited).replace(
                '"third_party"', f'"{certainty}"\nseverity = "error"'
            )
            text = text.replace('source.a.document = "A"', described or 'source.a.document = "A"')
            try:
                (statement,) = read_system(text).statements
            except InvalidValueError:
                refused += 1
            else:
                assert statement.severity is Severity.ERROR
                assert by_status, text
                assert certainty in {Certainty.STANDARD, Certainty.OFFICIAL}, text
    assert refused > len(documents())


def test_what_we_only_ever_cite_as_a_third_party_s_word_is_marked_as_that() -> None:
    said: dict[str, set[Certainty | None]] = {}
    for system in systems():
        for statement in system.statements:
            said.setdefault(statement.source.key, set()).add(statement.certainty)
    of_others = {key for key, found in said.items() if found - {None} == {Certainty.THIRD_PARTY}}
    marked = {each.key for each in documents() if each.third_party}
    assert of_others <= marked
    assert not any(said.get(key, set()) & {Certainty.STANDARD, Certainty.OFFICIAL} for key in marked)


@in_one_test
@pytest.mark.parametrize("key", [each.key for each in documents() if each.third_party])
@pytest.mark.parametrize("certainty", ["standard", "official"])
def test_what_a_third_party_says_is_not_called_official(key: str, certainty: str) -> None:
    text = SMALLEST.replace('source = "a"', f'source = "{key}"').replace("third_party", certainty)
    with pytest.raises(InvalidValueError, match="third party") as refused:
        read_system(text)
    assert refused.value.code == "rules.error.own_word"


@in_one_test
@pytest.mark.parametrize("certainty", ["standard", "official", "third_party", "inferred"])
@pytest.mark.parametrize("how", Reading)
def test_what_was_not_read_fails_nothing_however_sure_it_is_called(how: Reading, certainty: str) -> None:
    key = next(each.key for each in documents() if each.how is how and not each.sections and can_bind_by_status(each))
    text = SMALLEST.replace('source = "a"', f'source = "{key}"').replace("third_party", certainty)
    binds = certainty in {"standard", "official"} and how is Reading.READ
    assert read_system(text).statements[0].severity is (Severity.ERROR if binds else Severity.WARNING)
    stated = text.replace(f'"{certainty}"', f'"{certainty}"\nseverity = "error"')
    if binds:
        assert read_system(stated).statements[0].severity is Severity.ERROR
        return
    with pytest.raises(InvalidValueError, match=r"statement 1: (source|severity)") as refused:
        read_system(stated)  # and never lowered without a word
    assert refused.value.code in {"rules.error.own_ground", "rules.error.own_severity"}


@in_one_test
@pytest.mark.parametrize(
    ("section", "binds"), [("4", True), ("4, 5", True), ("4, 6", False), ("3", False), (None, False)]
)
def test_of_a_text_that_was_not_wholly_read_only_the_places_that_were_can_fail(
    section: str | None, binds: bool
) -> None:
    cited = 'source = "rfc-8996"' + (f'\nsection = "{section}"' if section else "")
    text = SMALLEST.replace('source = "a"', cited).replace("third_party", "standard")
    (statement,) = read_system(text).statements
    assert statement.source.was_read is binds
    assert statement.severity is (Severity.ERROR if binds else Severity.WARNING)


def test_a_description_that_is_not_toml_is_said_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "zaak.toml"
    path.write_text(SMALLEST.replace('name = "x"', "name = "), encoding="utf-8")
    line = SMALLEST.splitlines().index('name = "x"') + 1
    with pytest.raises(InputError, match=rf"zaak\.toml is not TOML: it goes wrong in line {line}\."):
        read_system(path)


@pytest.mark.parametrize("form", [str, lambda text: text.encode(), "path"])
def test_a_system_of_ones_own_is_text_bytes_or_a_file(form: Any, tmp_path: Path) -> None:
    if form == "path":
        given: Any = tmp_path / "x.toml"
        given.write_text(SMALLEST, encoding="utf-8")
    else:
        given = form(SMALLEST)
    assert read_system(given).statements[0].source.document.title["nl"] == "A"


@in_one_test
@pytest.mark.parametrize("wrong", [None, 3, b"\xff\xfe", "[[" * 50_000, "x = 1\n" * 100_000])
def test_what_describes_no_system_is_refused_by_our_own_error(wrong: Any) -> None:
    with pytest.raises(PkitoolsError):
        read_system(wrong)


def test_no_machine_path_in_the_data() -> None:
    assert not [n for n in NAMES if re.search(r"stored copy|/tmp/|/home/", raw(n))]


@in_one_test
@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.code)
def test_no_statement_of_weak_standing_makes_any_rule_an_error(rule: Rule) -> None:
    for system in systems():
        for statement in system.statements:
            asked = rules.as_asked(rule, statement, system)
            if asked.certainty in NEVER_ERROR:
                assert asked.severity < Severity.ERROR
            assert asked.severity <= min(rule.severity, statement.severity)
            assert asked.code == rule.code


@pytest.mark.parametrize(("field", "wrong"), [("values", "saml"), ("roles", "SP")])
def test_an_entity_id_is_of_a_known_scheme_and_role(field: str, wrong: str) -> None:
    statement = {"values": '["gdi"]', "roles": '["DV"]', field: f'["{wrong}"]'}
    text = TEMPLATE.read_text(encoding="utf-8") + (
        f'\n[[statement]]\ntopic = "entity_id"\nvalues = {statement["values"]}\nroles = {statement["roles"]}\n'
        'source = "st-saml"\ncertainty = "standard"\nnl = "Een."\nen = "One."\n'
    )
    with pytest.raises(InvalidValueError, match=wrong):
        read_system(text)


DESCRIBED = """name = "x"
title = "X"
owner = "X"
retrieved = 2026-11-26
about = { nl = "Iets.", en = "A thing." }
[source.handbook]
document = "Handbook"
"""
AN_OPERAND = {
    Topic.HIERARCHY: 'values = ["g1-private"]',
    Topic.ENTITY_ID: 'values = ["gdi"]',
    Topic.POLICY: 'values = ["1.2.3"]',
    Topic.REGISTRATION: 'values = ["supplier"]',
    Topic.KEY_SIZE: "number = 16384",
    Topic.MAXIMUM: "number = 1",
}


def said(topic: Topic, *more: str) -> str:
    """A statement that binds."""
    lines = (f'topic = "{topic}"', 'source = "handbook"', 'nl = "Iets."', 'en = "A thing."', *more)
    certain = () if 'answer = "unknown"' in more else ('certainty = "official"',)
    return "\n".join(("[[statement]]", *filter(None, (AN_OPERAND.get(topic, ""), *lines, *certain)), ""))


@in_one_test
@pytest.mark.parametrize("topic", Topic)
def test_what_is_refused_is_asked_or_is_not_taken(topic: Topic) -> None:
    """What somebody wrote to fail a certificate, and nobody asks, would let it pass."""
    for answer in (Stance.NO, Stance.DISCOURAGED):
        text = DESCRIBED + said(topic, f'answer = "{answer}"', 'severity = "error"')
        statement = taken(text, "systems.error.unasked", "systems.error.unread_field")
        assert statement is None or statement.weighs or topic in READ_ONLY


def taken(text: str, *errors: str) -> Statement | None:
    """The one statement of a system, or nothing where it is refused for one of these reasons."""
    try:
        return read_system(text).statements[0]
    except InvalidValueError as error:
        if error.code in errors:
            return None
        raise


def test_what_is_only_not_asked_may_be_said() -> None:
    for topic in (Topic.OIN, Topic.SEPARATE_CERTIFICATE, Topic.MAXIMUM):
        text = DESCRIBED + said(topic, 'answer = "no"').replace("number = 1\n", "")
        assert not read_system(text).statements[0].weighs


HALVES = ("until = 2026-06-30", "since = 2026-07-01")
PLACES = ('environments = ["production"]', 'environments = ["preproduction"]')


@pytest.mark.parametrize("topic", [Topic.HIERARCHY, Topic.SELF_SIGNED, Topic.REGISTRATION])
def test_what_is_answered_once_has_no_second_answer_where_and_when_the_first_holds(topic: Topic) -> None:
    answers = [f'answer = "{answer}"' for answer in ("yes", "no", "unknown")]
    for first, second in product(answers, repeat=2):
        for where, when in product(("", *PLACES), ("", *HALVES)):
            text = DESCRIBED + said(topic, first) + said(topic, second, *filter(None, (where, when)))
            with pytest.raises(InvalidValueError) as refused:
                read_system(text)
            assert refused.value.code == "systems.error.twice"
            assert str(refused.value.params["where"]).startswith("statement 2: ")
        for apart in (HALVES, PLACES):
            text = DESCRIBED + said(topic, first, apart[0]) + said(topic, second, apart[1])
            assert len(read_system(text).statements) == 2


@every_system
@pytest.mark.parametrize("environment", Environment)
def test_what_is_taken_without_an_oin_does_not_fail_for_having_none(system: System, environment: Environment) -> None:
    """Where a test hierarchy of one's own or a self-signed certificate is taken, no OIN or organisation binds.

    Nor where what the system says of self-signed certificates is made to weigh less: part of it asks for none.
    """
    taken = system.about_hierarchy("test", "test", environment, MOMENT)
    alone = system.statements_at(environment, MOMENT, Topic.SELF_SIGNED)
    eased = [said for said in alone if said.certainty in BINDING and can_bind(said.source) and said.answer is Stance.NO]
    free = (taken is not None and taken.answer is Stance.YES) or any(said.answer is Stance.YES for said in alone)
    if free or any(said.severity < Severity.ERROR for said in eased):
        for topic in (Topic.OIN, Topic.ORGANIZATION_NAME, Topic.KVK_NUMBER):
            for said in system.statements_at(environment, MOMENT, topic):
                assert not (said.weighs and said.severity is Severity.ERROR), said.text["en"]


@every_system
@pytest.mark.parametrize("environment", Environment)
def test_a_missing_oin_weighs_the_same_with_an_entity_id_as_without(system: System, environment: Environment) -> None:
    found = violated_without_oin(system, environment)
    if rules.OIN_EQUALS_ENTITY_ID.code in found:
        assert found[rules.OIN_EQUALS_ENTITY_ID.code] <= found[rules.OIN_REQUIRED.code]


def violated_without_oin(system: System, environment: Environment) -> Mapping[str, Severity]:
    """What a system has against a certificate without an OIN that is to be used with an entity ID that holds one."""
    without_oin = made("self-signed", giving("serialNumber"))
    entity_id = "urn:nl-eid-gdi:1.0:DV:00000003273229750000:entities:0001"
    told = evaluate(system, environment, without_oin, moment=MOMENT, self_signed=True, entity_id=entity_id)
    return {outcome.rule.code: outcome.rule.severity for outcome in told if outcome.status is Status.VIOLATED}


def test_that_is_asked_of_a_system_where_the_two_differ() -> None:
    system = get_system("digid-machtigen")
    (oin,) = system.statements_at(Environment.PREPRODUCTION, MOMENT, Topic.OIN)
    (entity_id,) = system.statements_at(Environment.PREPRODUCTION, MOMENT, Topic.ENTITY_ID)
    assert oin.severity < entity_id.severity
    found = violated_without_oin(system, Environment.PREPRODUCTION)
    assert found.keys() >= {rules.OIN_EQUALS_ENTITY_ID.code, rules.OIN_REQUIRED.code}
