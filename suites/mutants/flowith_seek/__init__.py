"""Mutants of Flowith's seek: what is streamed, what is searched, what counts for the rate, and who is let in."""

from __future__ import annotations

from . import answers, requests
from .common import catalogue

__all__ = ["answers", "catalogue", "requests"]
