"""Who keeps D.Hub's promises: the judge of the Knowledge API, and the calls that make its clauses show.

Contract: contracts/dhub_knowledge.yaml.
"""

from __future__ import annotations

from understudy.verify.suite import Suite

from . import arranging, scripts, silences
from .judge import DHubJudge

__all__ = ["DHubJudge", "suite"]

ELSEWHERE = "it is about other services, and nothing that this API answers can tell"

suite = Suite(
    stem="dhub_knowledge",
    judge=DHubJudge,
    arrange=arranging.arrange,
    fitted=arranging.fitted,
    reread=arranging.reread,
    followed=arranging.followed,
    refuses_unlawful=False,
    embedded_limits={"wait_seconds": 1},
    unobservable={
        "dhub.service.origin": "an instance may be anywhere: the target says where this one is",
        "dhub.service.indexing": ELSEWHERE,
        "dhub.service.search": ELSEWHERE,
        "dhub.delete-document.original": "no operation reads a stored original: its deletion shows in the storage only",
        "dhub.delete-document.original-unseen": "that no operation shows something cannot be seen by calling them",
        "dhub.create-document.filename": "which member names an original shows nowhere but in the storage",
        "dhub.list-knowledge-versions.size-bytes": "how a version is stored, and so how long it is, does not show",
    },
)

suite.script(
    "dhub.create-knowledge.kept",
    "dhub.get-knowledge.version-read",
    "dhub.get-knowledge.version-from-history",
    "dhub.update-knowledge.applied",
    "dhub.update-knowledge.partial",
    "dhub.update-knowledge.adds-version",
    "dhub.delete-knowledge.gone",
)(scripts.knowledge_life)
suite.script(
    "dhub.list-knowledges.complete",
    "dhub.list-knowledges.only-existing",
    "dhub.list-knowledges.groups-one",
    "dhub.list-knowledges.groups-comma",
)(scripts.knowledge_pages)
suite.script(
    "dhub.create-document.kept",
    "dhub.service.resources",
    "dhub.list-documents.complete",
    "dhub.delete.conflict",
    "dhub.delete.conflict-keeps",
    "dhub.delete.emptied",
    "dhub.delete-document.gone",
)(scripts.documents)
suite.script("dhub.auth.account")(scripts.accounts)
suite.script("dhub.list-knowledges.limit-default", "dhub.list-documents.limit-default")(silences.default_page)
suite.script(
    "dhub.create-knowledge.duplicates",
    "dhub.service.unknown-fields",
    "dhub.service.null-fields",
    "dhub.service.unknown-query",
    "dhub.service.other-slash",
    "dhub.auth.scheme-case",
    "dhub.error.unknown-path",
    "dhub.error.method-not-allowed",
    "dhub.error.invalid-token",
    "dhub.error.unknown-knowledge-version",
)(silences.silences)
suite.script(
    "dhub.create-document.duplicates",
    "dhub.document.id-not-reused",
    "dhub.list-documents.groups-parameter",
    "dhub.list-documents.limit-bounds",
    "dhub.update-document.same-rules",
    "dhub.error.unknown-document-version",
)(silences.silences_of_documents)
suite.script()(silences.many_documents)
suite.script("dhub.list-knowledges.stable")(silences.changing_list)
suite.script(
    "dhub.error.payload-too-large", "dhub.limit.body-bytes", "dhub.error.request-timeout", "dhub.limit.wait-seconds"
)(silences.at_the_wire)
