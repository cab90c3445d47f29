"""Running the rules: all of them, always, so that one run says everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import yaml

from understudy.contract.lines import compose
from understudy.contract.lint import (
    calls,
    clauses,
    credentials,
    examples,
    extensions,
    file,
    links,
    openapi,
    recipes,
    references,
    schemas,
    sources,
    streams,
)
from understudy.contract.lint.finding import Finding, Rule, Said
from understudy.contract.lint.page import Page

FAMILIES = (
    file, openapi, extensions, references, clauses, sources, links, examples, schemas, streams, credentials,
    calls, recipes,
)  # fmt: skip


def _never(page: Page) -> Iterator[Said]:
    """The check of a rule that is judged before there is a page, or when another rule fails."""
    return iter(())


UNREADABLE = Rule("L001", "unreadable-file", "the file exists and is UTF-8", _never)
INVALID_YAML = Rule("L002", "invalid-yaml", "the file is one YAML document, a mapping without anchors", _never)
NOT_JUDGED = Rule("L009", "not-judged", "every rule can be judged", _never)
_BEFORE: tuple[Rule, ...] = (UNREADABLE, INVALID_YAML, NOT_JUDGED)
RULES = tuple(sorted((*_BEFORE, *(rule for family in FAMILIES for rule in family.RULES)), key=attrgetter("id")))
"""Every rule, in the order of their ids."""


def lint(document_path: Path) -> list[Finding]:
    """Everything that is wrong with the contract file at ``document_path``, in the order of its lines.

    Never raises on account of the file's content, or of its absence: that is a finding too.
    """
    try:
        text = document_path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [_finding(UNREADABLE, Said("#", f"{document_path} cannot be read: {error}"), 1)]
    return lint_text(text, document_path.stem)


def lint_text(text: str, stem: str) -> list[Finding]:
    """`lint` for a contract that is text already; ``stem`` is the name that the file would have."""
    try:
        lines = compose(text)
    except yaml.YAMLError as error:
        return [_not_yaml(error)]
    except UnicodeEncodeError as error:  # half of a surrogate pair, which a file of UTF-8 cannot hold
        return [_finding(UNREADABLE, Said("#", f"the text is no Unicode: {error}: write the character in full"), 1)]
    if not isinstance(lines.document, dict):
        said = Said(
            "#", f"expected a mapping at the top (openapi, info, paths, ...), found {type(lines.document).__name__}"
        )
        return [_finding(INVALID_YAML, said, 1)]
    page = Page(stem, lines)
    found = {finding for rule in RULES for finding in _judge(rule, page)}
    return sorted(found)


def _judge(rule: Rule, page: Page) -> Iterator[Finding]:
    try:
        said = list(rule.check(page))
    except Exception as error:  # a rule that cannot cope must not hide what the others found
        text = f"{rule.id} {rule.name} could not be judged ({type(error).__name__}: {str(error)[:200]})"
        rule, said = NOT_JUDGED, [Said("#", f"{text}: put the other findings right, then run lint again")]
    for one in said:
        yield _finding(rule, one, one.line or page.lines.line(one.pointer))


def _finding(rule: Rule, said: Said, line: int) -> Finding:
    return Finding(line, rule.id, said.pointer, said.message, rule.name, rule.severity)


def _not_yaml(error: yaml.YAMLError) -> Finding:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return _finding(
        INVALID_YAML, Said("#", f"not YAML as a contract writes it: {problem}"), mark.line + 1 if mark else 1
    )
