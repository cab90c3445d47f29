"""The two kinds of things that D.Hub keeps, and which clauses speak of each.

The document describes Knowledges; of Documents it says little, so that most of their clauses are `assumed` and the same
observation that fails a verification for a Knowledge is a note for a Document.
"""

from __future__ import annotations

from typing import NamedTuple

FIELDS = ("name", "alias", "type", "groups", "tags", "options")
"""What a create and an update may give, and a read shows. An update may give a comment too."""

DETAILS = ("id", *FIELDS[:2], "category", *FIELDS[2:], "comment", "created_at", "updated_at")
"""The eleven members of the sample of a Knowledge."""


class Kind(NamedTuple):
    """Clause ids, or their beginnings where they end in a dot: the name of a field or of a rule follows."""

    noun: str
    shown: str
    create: str
    update: str
    read: str
    list: str
    history: str
    delete: str
    id_in_path: str
    exists_only: str
    unknown: str
    unknown_version: str
    version_read: str
    version_listed: str
    comment_kept: str
    partial: str
    empty_update: str
    replaced: str


KNOWLEDGE = Kind(
    noun="Knowledge",
    shown="dhub.knowledge.",
    create="dhub.create-knowledge.",
    update="dhub.update-knowledge.",
    read="dhub.get-knowledge.",
    list="dhub.list-knowledges.",
    history="dhub.list-knowledge-versions.",
    delete="dhub.delete-knowledge.",
    id_in_path="dhub.get-knowledge.knowledge-id",
    exists_only="dhub.list-knowledges.only-existing",
    unknown="dhub.error.unknown-knowledge",
    unknown_version="dhub.error.unknown-knowledge-version",
    version_read="dhub.get-knowledge.version-read",
    version_listed="dhub.get-knowledge.version-from-history",
    comment_kept="dhub.update-knowledge.comment-kept",
    partial="dhub.update-knowledge.partial",
    empty_update="dhub.update-knowledge.empty",
    replaced="dhub.update-knowledge.replaced",
)

DOCUMENT = Kind(
    noun="Document",
    shown="dhub.document.",
    create="dhub.create-document.",
    update="dhub.update-document.",
    read="dhub.get-document.",
    list="dhub.list-documents.",
    history="dhub.list-document-versions.",
    delete="dhub.delete-document.",
    id_in_path="dhub.get-document.did",
    exists_only="dhub.list-documents.only-own",
    unknown="dhub.error.unknown-document",
    unknown_version="dhub.error.unknown-document-version",
    version_read="dhub.get-document.document-version",
    version_listed="dhub.get-document.document-version",
    comment_kept="dhub.update-document.same-rules",
    partial="dhub.update-document.partial",
    empty_update="dhub.update-document.same-rules",
    replaced="dhub.update-document.same-rules",
)

PREFIXES = {
    "createKnowledge": KNOWLEDGE.create,
    "listKnowledges": KNOWLEDGE.list,
    "getKnowledge": KNOWLEDGE.read,
    "listKnowledgeVersions": KNOWLEDGE.history,
    "updateKnowledge": KNOWLEDGE.update,
    "deleteKnowledge": KNOWLEDGE.delete,
    "createDocument": DOCUMENT.create,
    "listDocuments": DOCUMENT.list,
    "getDocument": DOCUMENT.read,
    "listDocumentVersions": DOCUMENT.history,
    "updateDocument": DOCUMENT.update,
    "deleteDocument": DOCUMENT.delete,
}
"""How the clauses of each operation begin."""


_SHAPES = ("id", *FIELDS, "comment", "created-at", "updated-at")

BEYOND_SHAPE: frozenset[str] = frozenset(
    (
        *(kind.shown + name for kind in (KNOWLEDGE, DOCUMENT) for name in _SHAPES),
        *(kind.list + name for kind in (KNOWLEDGE, DOCUMENT) for name in ("token", "entry-fields")),
        *(kind.create + "item" for kind in (KNOWLEDGE, DOCUMENT)),
        "dhub.list-document-versions.version-id",
        *(KNOWLEDGE.list + name for name in ("entry-id", "entry-name")),
        "dhub.error.body",
    )
)
"""Clauses that an answer of the right shape does not keep yet: the judge's rules compare it with what went before."""
