"""The catalogue of this service's mutants."""

from __future__ import annotations

from understudy.mutants import Catalogue

catalogue = Catalogue("etri_mrc")
