"""Everything that is wrong with a contract file, at once: rules as tables, one module a family of them.

``file`` L00x · ``openapi`` and ``extensions`` L1xx · ``references`` L2xx · ``clauses`` L3xx · ``sources`` L4xx ·
``links`` L5xx · ``examples`` L6xx · ``schemas`` L7xx · ``streams`` L8xx · ``credentials`` L9xx
"""

from __future__ import annotations

from understudy.contract.lint.finding import Finding, Rule, Severity
from understudy.contract.lint.run import RULES, lint, lint_text

__all__ = ["RULES", "Finding", "Rule", "Severity", "lint", "lint_text"]
