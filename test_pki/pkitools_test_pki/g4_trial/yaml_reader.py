"""YAML as far as g4-trial uses it: mappings, lists and text. Nothing is guessed, nothing is executed, all is bounded.

Every scalar is text. YAML 1.1 would read ``C: NO`` as false and an OIN of digits below eight as an octal number.
Anchors, aliases and tags have no place in these files and are refused, so that a page of text cannot grow into
gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from pkitools.errors import InputError, LimitError, brought_by

Yaml: TypeAlias = "str | list[Yaml] | dict[str, Yaml]"

_MAX_DEPTH: Final = 6  # an enrolment has four levels
_MAX_NODES: Final = 200_000


def read_yaml(data: bytes, name: str, *, limit: int) -> Yaml:
    """Return the one document in a YAML file.

    Args:
        data: its bytes, UTF-8.
        name: what to call it in an error.
        limit: most bytes.

    Raises:
        LimitError: larger than ``limit``, deeper or longer than any such file.
        InputError: no YAML, or YAML with something that has no place here.
        StateError: the extra ``pkitools-nl[g4-trial]`` is not installed.
    """
    if len(data) > limit:
        raise LimitError("g4_trial.error.yaml_too_large", name=name, limit=limit)
    yaml = _yaml()
    try:
        text = data.decode("utf-8-sig")
        events = yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        return _Builder(yaml, name).build(events)
    # beside its own errors PyYAML lets through what chr() and the decoder say of impossible characters
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise InputError("g4_trial.error.yaml", name=name, detail=" ".join(str(error).split())) from error


def _yaml() -> Any:
    with brought_by("g4-trial"):
        import yaml
    return yaml


class _Builder:
    """Puts the events of the parser together, one level at a time, without recursion."""

    def __init__(self, yaml: Any, name: str) -> None:
        self._yaml = yaml
        self._name = name
        self._nodes = 0
        self._documents: list[Yaml] = []
        # what is open: the container, and the key that waits for its value
        self._open: list[tuple[list[Yaml] | dict[str, Yaml], list[str]]] = [(self._documents, [])]

    def build(self, events: Iterable[Any]) -> Yaml:
        yaml = self._yaml
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._refuse_references(event)
                self._add(event.value)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._enter(event, [])
            elif isinstance(event, yaml.MappingStartEvent):
                self._enter(event, {})
            elif isinstance(event, yaml.CollectionEndEvent):
                self._open.pop()
            elif isinstance(event, yaml.AliasEvent):
                raise InputError("g4_trial.error.yaml_reference", name=self._name)
        if len(self._documents) != 1:
            raise InputError("g4_trial.error.yaml_documents", name=self._name, count=len(self._documents))
        return self._documents[0]

    def _enter(self, event: Any, container: list[Yaml] | dict[str, Yaml]) -> None:
        self._refuse_references(event)
        if len(self._open) > _MAX_DEPTH:
            raise LimitError("g4_trial.error.yaml_deep", name=self._name, limit=_MAX_DEPTH)
        self._add(container)
        self._open.append((container, []))

    def _refuse_references(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            raise InputError("g4_trial.error.yaml_reference", name=self._name)

    def _add(self, value: Yaml) -> None:
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise LimitError("g4_trial.error.yaml_long", name=self._name, limit=_MAX_NODES)
        container, waiting = self._open[-1]
        if isinstance(container, list):
            container.append(value)
        elif waiting:
            container[waiting.pop()] = value
        elif not isinstance(value, str) or value in container:
            raise InputError("g4_trial.error.yaml_key", name=self._name, key=value if isinstance(value, str) else "?")
        else:
            waiting.append(value)
