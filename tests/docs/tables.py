"""The tables of the READMEs that say what the contracts say: made from them, so that they cannot differ.

``python -m tests.docs.tables`` writes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.docs.pages import ROOT, readmes
from understudy.contract import GRADES, Contract
from understudy.project import Project, find_project

HEADS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "services": {
        "en": ("stem", "service", "operations", "clauses", "mock", "suite"),
        "ko": ("stem", "서비스", "오퍼레이션", "조항", "mock", "suite"),
    },
    "credentials": {
        "en": ("service", "role", "credential", "what it shows"),
        "ko": ("서비스", "역할", "인증 값", "보여 주는 것"),
    },
    "sent": {
        "en": ("service", "how the credential is sent"),
        "ko": ("서비스", "인증 값을 보내는 방법"),
    },
}
THERE = {"en": ("yes", "not yet"), "ko": ("있음", "아직 없음")}
SHOWN_KO: Mapping[tuple[str, str], str] = {
    ("dhub_knowledge", "good"): "기본 상태로 시작하는 계정",
    ("entity_enricher", "good"): "기본 상태로 시작하는 조직의 키. 읽기와 쓰기가 모두 된다",
    ("entity_enricher", "read_only"): "읽기만 되는 키. 쓰기는 403",
    ("entity_enricher", "no_permission"): "아무 권한도 없는 키. 무엇을 불러도 403",
    ("entity_enricher", "internal_error"): "안에서 오류가 나는 조직의 키. 올바른 호출에도 500",
    ("etri_mrc", "good"): "한도가 남아 있는 정상 키",
    ("etri_mrc", "blocked"): "관리자가 막은 키. 언제나 Blocked KEY",
    ("etri_mrc", "daily_exhausted"): "오늘 몫을 다 쓴 키. 언제나 Daily Limit Exceeded",
    ("etri_mrc", "monthly_exhausted"): "이번 달 몫을 다 쓴 키. 언제나 Monthly Limit Exceeded",
    ("etri_mrc", "yearly_exhausted"): "올해 몫을 다 쓴 키. 언제나 Yearly Limit Exceeded",
    ("etri_mrc", "too_many_keys"): "어느 주소에서 보내도 키가 하나 넘치는 경우. 언제나 Too Many Keys",
    ("etri_mrc", "too_many_ips"): "어느 주소에서 보내도 주소가 하나 넘치는 키. 언제나 Too Many IPs",
    ("etri_mrc", "ip_not_allowed"): "어떤 주소도 허락하지 않는 키. 언제나 Not Allowed IP",
    ("etri_mrc", "subpath_not_allowed"): "어떤 경로도 허락하지 않는 키. 언제나 Not Allowed Subpath",
    ("etri_mrc", "burst"): "동시 호출이 이미 꽉 찬 키. 언제나 Concurrent Limit Exceeded",
    ("etri_mrc", "internal_error"): "서비스 안에서 오류가 나는 키. 올바른 호출에도 Internal Server Error",
    ("flowith_seek", "good"): "기본 상태로 시작하는 사용자",
    ("flowith_seek", "more"): "각자 계정이 따로 있는 사용자들. 느린 호출 한도를 나누어 쓸 때 쓴다",
    ("flowith_seek", "credits_exhausted"): "크레딧을 다 쓴 사용자",
}
"""What a role's credential shows, in Korean; in English the contract says it."""


def tables(language: str) -> dict[str, str]:
    """All tables in one language, as markdown."""
    project = find_project(ROOT)
    contracts = {stem: project.contract(stem) for stem in project.stems}
    mocked = {stem: contract for stem, contract in contracts.items() if project.has_mock(stem)}
    rows: dict[str, list[tuple[str, ...]]] = {
        "services": [_service(project, contract, language) for contract in contracts.values()],
        "credentials": [row for contract in mocked.values() for row in _credentials(contract, language)],
        "sent": [(f"`{stem}`", f"`{_sent(contract)}`") for stem, contract in mocked.items()],
    }
    return {name: _markdown(HEADS[name][language], found) for name, found in rows.items()}


def _service(project: Project, contract: Contract, language: str) -> tuple[str, ...]:
    stem = contract.stem
    distinct = {operation.behaves_as for operation in contract.operations.values()}
    grades = Counter(clause.grade for clause in contract.clauses.values())
    counts = ", ".join(f"{grades[grade]} {grade}" for grade in GRADES if grades[grade])
    yes, no = THERE[language]
    title = str(contract.document["info"]["title"])
    there = (yes if held else no for held in (project.has_mock(stem), project.has_suite(stem)))
    return (f"[`{stem}`](contracts/{stem}.yaml)", title, str(len(distinct)), counts, *there)


def _credentials(contract: Contract, language: str) -> Iterator[tuple[str, ...]]:
    for role in contract.roles.values():
        says = role.says if language == "en" else SHOWN_KO[contract.stem, role.name]
        yield f"`{contract.stem}`", role.name, ", ".join(f"`{value}`" for value in role.values), says


def _sent(contract: Contract) -> str:
    scheme = contract.credential_scheme
    return "Authorization: Bearer CREDENTIAL" if scheme["type"] == "http" else f"{scheme['name']}: CREDENTIAL"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    for language, page in readmes().items():
        page.path.write_text(page.with_tables(tables(language)), encoding="utf-8")
