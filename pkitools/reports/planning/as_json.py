"""Connections as the JSON document of the command: ``docs/schemas/status-v1.json``, ``plan-v1.json``."""

from __future__ import annotations

import json

from pkitools.reports.connections import plan_document, status_document
from pkitools.reports.planning.work import Work, WorkTelling


def render(work: Work, telling: WorkTelling) -> str:
    """Return the document as text."""
    if work.status is None:
        document = plan_document(work.planned, work.moment, work.unread)
    else:
        document = status_document(work.status, telling.command)
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
