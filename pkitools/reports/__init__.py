"""A Report as text for people or as a JSON document for scripts."""

from pkitools.reports.document import report_document, source_document
from pkitools.reports.schemas import read_schema, schema_names
from pkitools.reports.text import report_text

__all__ = ["read_schema", "report_document", "report_text", "schema_names", "source_document"]
