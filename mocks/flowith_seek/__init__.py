"""Flowith knowledge search: a conversation is answered from the texts of knowledge bases, streamed or in one piece.

Contract: contracts/flowith_seek.yaml. Not modelled: the models themselves (every model quotes what was found, in the
same words), earlier messages of a conversation, making and filling knowledge bases over HTTP (the document has no
operation for it; the preparation `load_text` does it), and prices by model or length.
"""

from __future__ import annotations

from typing import Any

from understudy import Call, Reply, Service
from understudy.guards import BodySize, Check, Rate, RequireCredential, When

from . import refusals
from .answer import asked, composed, wording_for
from .knowledge import KnowledgeBase, State
from .pieces import Piece
from .ranking import Found, question_of, rank
from .refusals import (
    BodyTooLarge,
    CreditsUsedUp,
    ForeignKnowledgeBase,
    PathGone,
    TooManyKnowledgeBases,
    TooManyMessages,
)
from .stream import block, finals, timed


def path_is_served(call: Call) -> None:
    """Under the dialect `observed` one spelling of the list of models is gone, whoever asks (flowith.paths)."""
    if call.operation == "listModels" and call.readings["flowith.paths"] == "live":
        raise PathGone


def credits_suffice(call: Call) -> None:
    if balance(call) < price(call):
        raise CreditsUsedUp


def is_seek(call: Call) -> bool:
    """Whether the call is a seek, by any of its paths."""
    return call.operation is not None and call.contract.operations[call.operation].behaves_as == "seek"


flowith = Service(
    "flowith_seek",
    state=State,
    refused=refusals.refused,
    violated=refusals.violated,
    unmatched=refusals.unmatched,
    wire={"body_too_large": BodyTooLarge},
    guards=[
        Check(path_is_served),
        When(is_seek, BodySize("body_bytes", BodyTooLarge)),
        RequireCredential(refusals.TokenMissing, refusals.TokenUnknown),
        Rate("requests_per_minute", refusals.RateExceeded, "flowith.rate-window", count_refused=True),
        When(is_seek, Check(credits_suffice)),
    ],
)


@flowith.operation("listModels")
def list_models(state: State, call: Call) -> Reply:
    return Reply({"models": call.limits["models"]})


@flowith.operation("seek")
def seek(state: State, call: Call) -> Reply:
    knowledge_bases = named(state, call)
    state.spent += price(call)
    text = asked(call.body["messages"])
    wording = wording_for(text)
    indexes = [known.index for known in knowledge_bases.values() if known is not None]
    question = question_of(text, indexes)
    found = rank(question, indexes, call.limits["pieces_per_answer"])
    answer = composed(question, found, wording)
    if not call.body.get("stream", False):
        return Reply({"tag": "final", "content": answer})
    count = len(knowledge_bases)
    progress = [wording.searching.format(number=number, count=count) for number in range(1, count + 1)]
    blocks = [block("searching", told) for told in progress or [wording.nothing_to_search]]
    blocks.append(block("seeds", [seed(entry) for entry in found]))
    in_pieces = call.readings["flowith.final-count"] == "pieces"
    blocks += finals(answer, call.limits["final_piece_code_points"] if in_pieces else None)
    return Reply(stream=timed(blocks, call.limits))


def named(state: State, call: Call) -> dict[str, KnowledgeBase | None]:
    """The knowledge bases of ``kb_list``, each once; None for an id that names none (flowith.scope.unknown-id)."""
    if exceeds(len(call.body["messages"]), call.limits["messages_per_call"]):
        raise TooManyMessages
    found = {kb_id: state.find(kb_id) for kb_id in call.body["kb_list"]}
    if exceeds(len(found), call.limits["knowledge_bases_per_call"]):
        raise TooManyKnowledgeBases
    if any(known is not None and known.foreign for known in found.values()):
        raise ForeignKnowledgeBase
    return found


def seed(found: Found) -> dict[str, Any]:
    """A piece as the stream shows it. ``nip`` is its score as a negative inner product, the lower the better (F6)."""
    piece: Piece = found.piece
    return {
        "id": piece.id,
        "tokens": piece.tokens,
        "content": piece.content,
        "order": piece.order,
        "source_id": piece.source_id,
        "source_title": piece.source_title,
        "nip": -round(found.score, 6),
    }


# What the document has no operation for


@flowith.preparation("load_text")
def load_text(state: State, kb_id: str, title: str, text: str) -> dict[str, str]:
    """Load a text into a knowledge base of the account, which is made if there is none of that id."""
    return {"source_id": state.load(kb_id, title, text).id}


@flowith.preparation("clear_knowledge_base")
def clear_knowledge_base(state: State, kb_id: str) -> None:
    """Take all texts out of a knowledge base; one that is shipped stays empty for this account."""
    state.clear(kb_id)


# Credits


def balance(call: Call) -> float:
    """The Credits that the account has left; an account of the role `credits_exhausted` begins with none."""
    assert call.account is not None
    begun = 0 if call.role == "credits_exhausted" else call.limits["credits_balance"]
    return float("inf") if begun is None else begun - call.account.state.spent


def price(call: Call) -> float:
    """What a seek costs, streamed or not (flowith.credits.amount)."""
    cost: float = call.limits["credits_per_call"] or 0
    return cost


def exceeds(count: int, most: int | None) -> bool:
    return most is not None and count > most
