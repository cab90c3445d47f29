"""Schemas that a model would make: one from samples (`generate_schema`), one changed as a text asks (`edit_schema`)."""

from __future__ import annotations

from .edit_requests import CannotEdit
from .schema_editing import edit_schema
from .schema_generating import generate_schema

__all__ = ["CannotEdit", "edit_schema", "generate_schema"]
