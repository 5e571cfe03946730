"""What an error of another program means, as data: ``docs/schemas/explain-v1.json``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pkitools.explanations import Explained, Explanation, Recognised
from pkitools.messages import LANGUAGES
from pkitools.reports.document import source_document


def explain_document(
    explained: Explained, more: Callable[[Explanation], Mapping[str, object]] = lambda one: {}
) -> dict[str, object]:
    """Return the whole document: each error that was recognised, and whether all of the text was looked at.

    Args:
        explained: what was found.
        more: what a program adds about an explanation, such as what to type in it.
    """
    return {
        "schema": "pkitools.explain/v1",
        "whole": explained.is_whole,
        "explanations": [{**_recognised(one), **more(one.explanation)} for one in explained.found],
    }


def _recognised(one: Recognised) -> dict[str, object]:
    explanation, source = one.explanation, one.text.source
    told: dict[str, object] = {
        "code": explanation.code,
        "recognised": one.text.text,
        "general": explanation.is_general,
        "programs": list(one.programs),
        "source": {**source_document(source), "read": source.document.read.isoformat()},
    }
    for language in LANGUAGES:
        words = explanation.words[language]
        told[language] = {"meaning": words.meaning, "causes": list(words.causes), "actions": list(words.actions)}
    return told
