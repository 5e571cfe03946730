"""Building paths: bounded, whatever heap of certificates is given."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from pkitools.findings import Status
from pkitools.limits import MAX_SIGNATURE_CHECKS
from pkitools.validation import building, validate_path
from pkitools.validation.building import Pool, Search, first_path
from pkitools.x509.path_certificate import load
from tests.support.chains import AKI, MOMENT, SKI, Issued, authority, end_entity, good_chain, key
from tests.support.effort import bounded
from tests.support.operations import growing

HOST = "host.example.nl"
# far above the 0.1 s that benchmarks show: a busy machine must not turn this red, an explosion must
KILL_LIMIT = 2.0  # seconds of processor time


def pool(*certificates: Issued) -> Pool:
    return Pool([load(c.der) for c in certificates])


@cache
def mesh(size: int) -> list[Issued]:
    """Authorities that all certified each other: every order of them is a way."""
    plain = [authority(f"Mesh {n}") for n in range(size)]
    return [
        authority(f"Mesh {a}", plain[b], extensions={AKI: None}) for a in range(size) for b in range(size) if a != b
    ]


@cache
def one_name(size: int) -> list[Issued]:
    """Authorities of one name, each issued by the next, under keys of their own, without key identifiers."""
    bare = {AKI: None, SKI: None}
    made = [authority("Same", own_key=key("same 0"), extensions=bare)]
    for n in range(1, size):
        made.append(authority("Same", made[-1], own_key=key(f"same {n}"), extensions=bare))
    return made


@cache
def one_name_one_key(size: int) -> list[Issued]:
    first = authority("Same", own_key=key("one"), extensions={AKI: None})
    return [authority("Same", first, own_key=key("one"), path_length=n) for n in range(size)]


HEAPS: dict[str, Callable[[], list[Issued]]] = {
    "cross-certified mesh of 20": lambda: mesh(20),
    "one name, 100 keys": lambda: one_name(100),
    "one name, one key, 100 certificates": lambda: one_name_one_key(100),
}


@pytest.mark.parametrize("heap", HEAPS.values(), ids=HEAPS.keys())
def test_a_pathological_heap_is_refused_in_time(heap: Callable[[], list[Issued]]) -> None:
    certificates = heap()
    leaf = end_entity(HOST, certificates[-1], extensions={AKI: None})
    given = [c.der for c in certificates]
    with bounded(KILL_LIMIT):
        result = validate_path(leaf.der, intermediates=given, anchors=[good_chain().root.der], moment=MOMENT)
    assert result.path is None


@pytest.mark.parametrize("heap", HEAPS.values(), ids=HEAPS.keys())
def test_a_pathological_heap_beside_it_does_not_keep_a_good_chain_from_being_found(
    heap: Callable[[], list[Issued]],
) -> None:
    chain = good_chain()
    given = [*(c.der for c in heap()), *chain.intermediates]
    result = validate_path(chain.leaf.der, intermediates=given, anchors=[chain.root.der], moment=MOMENT)
    assert result.path is not None


def test_a_crowd_of_one_name_and_key_is_looked_at_once() -> None:
    heap = one_name_one_key(120)
    leaf, root = end_entity(HOST, heap[0], extensions={AKI: None}), good_chain().root.der

    def judged(count: int) -> None:
        given = [c.der for c in heap[:count]]
        assert validate_path(leaf.der, intermediates=given, anchors=[root], moment=MOMENT).path is None

    assert growing(judged, 30) == []


def test_what_is_passed_over_in_a_mixed_crowd_counts_as_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    heap, other = one_name_one_key(20), authority("Same", own_key=key("two"), extensions={AKI: None, SKI: None})
    leaf = end_entity(HOST, heap[0], extensions={AKI: None})
    monkeypatch.setattr(building, "MAX_STEPS", 100)
    search = Search(load(leaf.der), pool(*heap, other), pool(good_chain().root))
    assert list(search.paths()) == []
    assert search.exhausted == "steps"


@pytest.mark.parametrize(("decoys", "found"), [(MAX_SIGNATURE_CHECKS - 2, True), (MAX_SIGNATURE_CHECKS + 1, False)])
def test_signature_checks_have_a_limit_that_is_said(decoys: int, found: bool) -> None:
    root = good_chain().root
    bare = {AKI: None, SKI: None}
    real = authority("Crowd", root, extensions={SKI: None}, path_length=0)
    crowd = [authority("Crowd", root, own_key=key(f"crowd {n}"), extensions=bare) for n in range(decoys)]
    leaf = end_entity(HOST, real, extensions={AKI: None})
    given = [*(c.der for c in crowd), real.der]
    result = validate_path(leaf.der, intermediates=given, anchors=[root.der], moment=MOMENT)
    assert (result.path is not None) == found
    assert ("path.budget.exceeded" in result.report.codes()) != found


@pytest.mark.parametrize(("limit", "said"), [("MAX_STEPS", "steps"), ("MAX_CANDIDATES", "candidates")])
def test_steps_and_candidates_have_limits(monkeypatch: pytest.MonkeyPatch, limit: str, said: str) -> None:
    chain = good_chain()
    monkeypatch.setattr(building, limit, 1)
    search = Search(load(chain.leaf.der), pool(chain.tsp, chain.domain), pool(chain.root))
    assert len(list(search.paths())) <= 1
    assert search.exhausted == said


@pytest.mark.parametrize(
    ("intermediates", "limit", "found"), [(2, 2, True), (2, 1, False), (6, 6, True), (7, 6, False)]
)
def test_the_length_of_a_path_has_a_limit_that_is_said(intermediates: int, limit: int, found: bool) -> None:
    chain = [authority("Level 0")]
    for n in range(1, intermediates + 1):
        chain.append(authority(f"Level {n}", chain[-1]))
    leaf = end_entity(HOST, chain[-1])
    result = validate_path(
        leaf.der,
        intermediates=[c.der for c in chain[1:]],
        anchors=[chain[0].der],
        moment=MOMENT,
        max_intermediates=limit,
    )
    assert (result.path is not None) == found
    if not found:
        assert "path.budget.exceeded" in result.report.codes()


def test_the_likeliest_path_needs_no_search() -> None:
    chain = good_chain()
    path = first_path(load(chain.leaf.der), pool(chain.domain, chain.tsp), pool(chain.root))
    assert path is not None
    assert [c.der for c in path] == [chain.leaf.der, chain.tsp.der, chain.domain.der, chain.root.der]


def test_who_is_above_is_remembered_by_all_that_it_depends_on() -> None:
    """The name, the key, the heap, the anchors, the limit: of each another one, asked before and after the others."""
    root, middle = good_chain().root, good_chain().domain
    one = authority("One", middle)
    renewed = authority("One", middle, own_key=key("renewed"))
    two = authority("Two", middle, own_key=key("One"))
    below = {"one": one, "another key": renewed, "another name": two}
    leaves = {what: load(end_entity(HOST, issuer).der) for what, issuer in below.items()}
    heap, anchors = pool(one, renewed, two, middle), pool(root)
    asked = {
        **{what: (leaf, heap, anchors, 2) for what, leaf in leaves.items()},
        "another heap": (leaves["one"], pool(middle), anchors, 2),
        "other anchors": (leaves["one"], heap, pool(middle), 2),
        "another limit": (leaves["one"], heap, anchors, 1),
    }
    wanted = {what: (issuer, middle, root) for what, issuer in below.items()}
    wanted |= {"other anchors": (one, middle)}
    for what in (*asked, *reversed(asked)):
        found = first_path(*asked[what])
        above = None if found is None else tuple(c.der for c in found[1:])
        assert above == (tuple(c.der for c in wanted[what]) if what in wanted else None), what


def test_a_certificate_given_twice_counts_once() -> None:
    chain = good_chain()
    given = chain.intermediates * 50
    result = validate_path(chain.leaf.der, intermediates=given, anchors=[chain.root.der] * 3, moment=MOMENT)
    assert result.path is not None
    assert result.candidates == 1
    assert "path.input.unreadable" in result.report.codes(Status.MET)


def test_the_anchor_wins_over_a_cross_certificate_of_the_same_key() -> None:
    chain = good_chain()
    older = authority("Older root")
    cross = Issued(authority("Root", older, own_key=chain.root.key).der, chain.root.key, chain.root.subject)
    for anchors, length in (([chain.root], 4), ([older], 5), ([older, chain.root], 4)):
        result = validate_path(
            chain.leaf.der,
            intermediates=[*chain.intermediates, cross.der],
            anchors=[a.der for a in anchors],
            moment=MOMENT,
        )
        assert result.path is not None
        assert len(result.path) == length
