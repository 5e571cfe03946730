"""A Report as text for people or as a JSON document for scripts."""

from pkitools.reports.document import report_document, source_document
from pkitools.reports.text import report_text

__all__ = ["report_document", "report_text", "source_document"]
