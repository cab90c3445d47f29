"""Reports of verifications for machines and for people: JUnit, SARIF, HTML, JSON and HAR, each in a file of its own."""

from __future__ import annotations

from understudy.verify.reports.rendering import KINDS, Judged, render

__all__ = ["KINDS", "Judged", "render"]
