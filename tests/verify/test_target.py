"""A target file says which instance is judged; credentials may come from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.boxes import CONTRACT
from understudy.errors import UsageError
from understudy.verify.target import Target, check_names, read_targets, with_environment

TOML = """
[boxes]
url = "https://boxes.example.com/v1/"
credentials = {good = "비밀", many = ["하나", "둘"]}
fixtures = {known_box = "상자 📦"}
limits = {page_items = 3}
"""
JSON = '{"boxes": {"url": "http://127.0.0.1:8401", "credentials": {"good": "a"}, "fixtures": {}, "limits": {}}}'


def written(folder: Path, text: str | bytes, name: str = "target.toml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_file_of_toml(tmp_path: Path) -> None:
    target = read_targets(written(tmp_path, TOML))["boxes"]

    assert target.url == "https://boxes.example.com/v1"
    assert target.values("good") == ("비밀",)
    assert target.values("many") == ("하나", "둘")
    assert target.values("nobody") == ()
    assert target.roles == {"비밀": "good", "하나": "many", "둘": "many"}
    assert target.fixtures == {"known_box": "상자 📦"}
    assert target.limits == {"page_items": 3}


def test_the_ready_file_of_serve_is_a_target_file(tmp_path: Path) -> None:
    assert read_targets(written(tmp_path, JSON, "ready.json"))["boxes"].url == "http://127.0.0.1:8401"


def test_what_a_ready_file_says_of_the_control_plane_is_no_target(tmp_path: Path) -> None:
    control = ', "control": {"url": "http://127.0.0.1:8500", "token": "비밀"}}'
    assert list(read_targets(written(tmp_path, JSON[:-1] + control, "ready.json"))) == ["boxes"]
    own = '[control]\nurl = "https://control.example.com"\ncredentials = {good = "a"}'
    assert list(read_targets(written(tmp_path, own))) == ["control"], "a service may be called so"


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("[boxes", "t.toml", "is not TOML"),
        ("{", "t.json", "is not JSON"),
        (b"\xff", "t.json", "is not JSON"),
        (b"\xff", "t.toml", "is not TOML"),
        (TOML, "t.json", "a TOML file's name ends in .toml"),
        ("[]", "t.json", "found list"),
        ('{"boxes": 5}', "t.json", "boxes: "),
        ('{"boxes": {}}', "t.json", "boxes.url: Field required"),
        ('{"boxes": {"url": "http://a", "more": 1}}', "t.json", "boxes.more: "),
        ('{"boxes": {"url": "ftp://a"}}', "t.json", "expected a URL such as"),
        ('{"boxes": {"url": "http://"}}', "t.json", "expected a URL such as"),
        ('{"boxes": {"url": "http://a", "credentials": {"good": 5}}}', "t.json", "boxes.credentials.good"),
        ('{"boxes": {"url": "http://[::1"}}', "t.json", "boxes.url"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, text: str | bytes, name: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_targets(written(tmp_path, text, name))

    assert said in str(raised.value)
    assert str(tmp_path) in str(raised.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_targets(tmp_path / "nothing.toml")


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    text = '{"boxes": {"url": "http://user:hunter2@a", "credentials": {"good": {"key": "hunter2"}}}}'

    with pytest.raises(UsageError) as raised:
        read_targets(written(tmp_path, text, "t.json"))

    assert "hunter2" not in str(raised.value)
    assert raised.value.__suppress_context__
    assert "비밀" not in repr(read_targets(written(tmp_path, TOML))["boxes"])


def test_a_url_holds_no_credentials(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a URL holds no credentials"):
        read_targets(written(tmp_path, '{"boxes": {"url": "http://user:pass@a"}}', "t.json"))


def test_the_environment_wins() -> None:
    target = Target(url="http://a", credentials={"good": "file"})
    environment = {"UNDERSTUDY_BOXES_GOOD": "환경", "UNDERSTUDY_BOXES_MANY": "하나, 둘", "UNDERSTUDY_BOXES_OTHER": "x"}
    told = with_environment(target, CONTRACT, environment)

    assert told.values("good") == ("환경",)
    assert told.values("many") == ("하나", "둘")
    assert set(told.credentials) == {"good", "many"}
    assert with_environment(target, CONTRACT, {"UNDERSTUDY_BOXES_GOOD": ""}).values("good") == ("file",)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target(url="http://a", credentials={"admin": "x"}), "no credential role admin; the contract has: good, many"),
        (Target(url="http://a", fixtures={"box": "x"}), "no fixture box; the contract has: known_box"),
        (Target(url="http://a", limits={"page": 1}), "no limit page; the contract has: page_items"),
    ],
)
def test_names_that_the_contract_does_not_have_are_wrong_usage(target: Target, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_names(target, CONTRACT)

    assert said in str(raised.value)


def test_names_that_it_has_are_right() -> None:
    check_names(Target(url="http://a", credentials={"many": ["x"]}, limits={"page_items": None}), CONTRACT)
