"""Mutants of D.Hub Knowledge: what goes wrong where Knowledges and Documents are kept, listed and deleted."""

from __future__ import annotations

from . import access, deletions, histories, lists, pages, reads, texts, writes
from .common import catalogue

__all__ = ["access", "catalogue", "deletions", "histories", "lists", "pages", "reads", "texts", "writes"]
