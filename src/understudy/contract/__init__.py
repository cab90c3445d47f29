"""What is promised: reading a contract, compiling it, checking requests and answers against it."""

from __future__ import annotations

from understudy.contract.document import at_pointer, contract_of, read_contract, resolve
from understudy.contract.values import (
    BINDING_GRADES,
    GRADES,
    Ambiguity,
    Clause,
    Contract,
    ErrorCase,
    Fixture,
    Grade,
    Limit,
    OperationNode,
    Role,
    Source,
)

__all__ = [
    "BINDING_GRADES",
    "GRADES",
    "Ambiguity",
    "Clause",
    "Contract",
    "ErrorCase",
    "Fixture",
    "Grade",
    "Limit",
    "OperationNode",
    "Role",
    "Source",
    "at_pointer",
    "contract_of",
    "read_contract",
    "resolve",
]
