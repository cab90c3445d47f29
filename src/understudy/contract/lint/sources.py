"""Sources: a clause cites a section that exists, and a grade that goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.contract.document import escape
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.page import Entry, Page, nearest

OBSERVED = "observed"
"""The key of ``x-sources`` under which stands what was seen of the real service."""


def _sections(page: Page) -> dict[str, dict[str, Any]]:
    found = page.extension("x-sources")
    sections: dict[str, dict[str, Any]] = {}
    for key, source in found.items() if isinstance(found, dict) else ():
        named = source.get("sections") if isinstance(source, dict) else None
        sections[key] = named if isinstance(named, dict) else {}
    return sections


def _citing(page: Page) -> Iterator[tuple[Entry, str, str]]:
    for kind in ("clause", "ambiguity"):
        for entry in page.entries(kind):
            source = entry.value.get("source")
            if isinstance(source, dict):
                yield entry, str(source.get("document")), str(source.get("section"))


def _unknown(page: Page) -> Iterator[Said]:
    known = _sections(page)
    for entry, document, section in _citing(page):
        if document not in known:
            text = f"there is no document {document!r} in #/x-sources; {nearest(document, known)}"
            yield Said(f"{entry.pointer}/source/document", text)
        elif section not in known[document]:
            text = (
                f"document {document!r} has no section {section!r} in #/x-sources; {nearest(section, known[document])}"
            )
            yield Said(f"{entry.pointer}/source/section", text)


def _uncited(page: Page) -> Iterator[Said]:
    cited = {(document, section) for _, document, section in _citing(page)}
    for document, sections in _sections(page).items():
        for section in sections:
            if (document, section) not in cited:
                text = (
                    f"no clause and no ambiguity cites section {section!r} of {document!r}: is a fact of it left out?"
                )
                yield Said(f"#/x-sources/{escape(document)}/sections/{escape(section)}", text)


def _grade(page: Page) -> Iterator[Said]:
    for entry, document, _ in _citing(page):
        grade = entry.value.get("grade")
        if grade == OBSERVED and document != OBSERVED:
            text = (
                f"the grade is 'observed' but the source is document {document!r}: cite '{OBSERVED}', or grade it anew"
            )
            yield Said(f"{entry.pointer}/grade", text)
        elif grade in ("documented", "example") and document == OBSERVED:
            text = f"the grade is {grade!r} but the source is '{OBSERVED}', which is no document: grade it 'observed'"
            yield Said(f"{entry.pointer}/grade", text)


RULES = (
    Rule("L401", "unknown-source", "a clause cites a document and section of #/x-sources", _unknown),
    Rule("L402", "uncited-section", "every section of a source is cited", _uncited, "warning"),
    Rule("L403", "grade-source", "grade 'observed' goes with the source 'observed', and no other does", _grade),
)
