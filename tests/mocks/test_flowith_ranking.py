"""What the Flowith mock finds: the texts it ships, and those that a user loads."""

from __future__ import annotations

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.flowith import ENGLISH, FOREIGN, KOREAN, Flowith
from tests.saved import reopened


@pytest.fixture
def flowith(engine_for: EngineFor) -> Flowith:
    return Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"requests_per_minute": None}}))


KOREAN_QUESTIONS = {
    "작은 등의 배터리는 얼마나 오래 가나요? 🔋": ("작은 등", "열두 시간"),
    "큰 등은 얼마예요?": ("큰 등", "149,000원"),
    "충전하는 데 시간이 얼마나 걸리나요?": ("충전", "두 시간 반"),
    "환불은 언제 받을 수 있나요?": ("반품과 환불", "사흘 안에"),
    "제주도까지 배송은 며칠 걸려요?": ("배송 안내", "하루가 더"),
    "비 오는 날 밖에서 써도 되나요?": ("방수와 사용 온도", "비를 맞아도"),
    "불이 깜박거리는데 어떻게 하죠?": ("등이 켜지지 않을 때", "초기화"),
    "배터리를 교체하고 싶은데 값이 얼마인가요?": ("수리와 부품", "15,000원"),
    "고객센터 전화번호 알려주세요": ("고객센터", "063-555-0142"),
    "보증 기간이 얼마나 되나요?": ("품질 보증", "2년"),
    "회사에서 백 개를 주문하면 할인되나요?": ("기업 주문", "15퍼센트"),
    "온빛은 누가 창업했나요?": ("온빛 소개", "한서윤"),
    "앱을 쓰려면 회원 가입을 해야 하나요?": ("온빛 앱", "회원 가입이 필요 없고"),
    "어떤 색상이 있나요?": ("작은 등", "먹색"),
    "몸체는 무엇으로 만들었나요? 재활용 소재인가요?": ("재활용과 소재", "알루미늄"),
    "동료들과 친해지려면 어떻게 해야 하나요?": ("사람들과 일하는 법: 새 동료를 위한 안내", "열린 질문"),
    "취침 타이머는 어떻게 켜요?": ("밝기와 빛깔 조절", "3초"),
    "갓은 어떻게 빨아요?": ("청소와 보관", "30도"),
}
ENGLISH_QUESTIONS = {
    "How long does the battery of the small lamp last?": ("The small lamp", "twelve hours"),
    "How much does the large lamp cost?": ("The large lamp", "149,000 won"),
    "How do I charge the lamp?": ("Charging", "USB-C"),
    "When will I get my refund?": ("Returns and refunds", "three working days"),
    "How long does delivery to Jeju take?": ("Shipping and delivery", "one day more"),
    "Can I use the lamp in the rain?": ("Water, heat and cold", "splash-proof"),
    "The light flickers, what should I do?": ("When the lamp does not turn on", "reset the lamp"),
    "What does a new battery cost?": ("Repairs and spare parts", "15,000 won"),
    "What are the opening hours of customer service?": ("Customer service", "nine to six"),
    "How long is the warranty?": ("Warranty", "two years"),
    "Is there a discount for companies?": ("Orders for companies", "10 percent"),
    "Who founded Onbit?": ("About Onbit", "Han Seo-yun"),
    "How do I pair the lamp with my phone?": ("The Onbit app", "blinks twice"),
    "Which colours can the light have?": ("Brightness and colour of the light", "candlelight"),
    "What are the lamps made of?": ("Recycling and materials", "aluminium"),
    "How do I clean the shade?": ("Cleaning and care", "washed by hand"),
    "Share your best strategies for authentic connection and building rapport in professional settings": (
        "How we work with people: a guide for new colleagues",
        "open questions",
    ),
}
ELSEWHERE = (
    "프랑스의 수도는 어디인가요?",
    "김치찌개 끓이는 법을 알려줘",
    "양자 컴퓨터의 원리를 설명해 주세요",
    "주말에 친구들과 바다에 다녀왔는데 정말 즐거웠어요. 다음에는 산에도 가 보고 싶은데 추천할 만한 곳이 있을까요?",
    "What is the capital of France?",
    "Write a poem about the sea",
    "Explain quantum computing to me",
    "Which mountain should we visit next spring, and who won the world cup in 1998?",
    "日本の首都はどこですか",
    "Где находится Москва?",
    "😀🔋👩‍🔬",
    "?!",
    "",
)


@pytest.mark.parametrize(("asked", "expected"), [*KOREAN_QUESTIONS.items(), *ENGLISH_QUESTIONS.items()])
def test_the_piece_that_knows_comes_first_and_is_quoted(
    flowith: Flowith, asked: str, expected: tuple[str, str]
) -> None:
    title, said = expected
    answer = flowith.seek(asked, stream=True)
    assert answer.seeds[0]["source_title"] == title
    assert said in answer.text
    assert title in answer.text


@pytest.mark.parametrize("asked", ELSEWHERE)
def test_what_no_text_speaks_of_is_not_found(flowith: Flowith, asked: str) -> None:
    answer = flowith.seek(asked, stream=True)
    assert answer.seeds == []
    assert answer.text in (
        "지식 베이스에서 이 질문에 관한 내용을 찾지 못했습니다.",
        "Nothing about this was found in the knowledge bases.",
    )


def test_an_answer_is_in_the_language_of_the_question(flowith: Flowith) -> None:
    for asked, korean in (("프랑스 요리", True), ("ㅋㅋ", True), ("French food", False), ("フランス", False)):
        assert ("찾지 못했습니다" in flowith.seek(asked).text) == korean, asked
    assert "출처: 작은 등" in flowith.seek("작은 등의 배터리").text
    assert "source: The small lamp" in flowith.seek("battery of the small lamp").text


def test_only_the_listed_knowledge_bases_are_searched(flowith: Flowith) -> None:
    for listed, other in ((KOREAN, "battery"), (ENGLISH, "배터리")):
        assert flowith.seek(other, listed, stream=True).seeds == []
    ids = {piece["id"] for piece in flowith.seek("Onbit, 온빛", KOREAN, ENGLISH, stream=True).seeds}
    for listed in (KOREAN, ENGLISH):
        found = {piece["id"] for piece in flowith.seek("Onbit, 온빛", listed, stream=True).seeds}
        assert found
        ids -= found
    assert not ids


def test_an_empty_list_and_unknown_ids_find_nothing_and_are_not_refused(flowith: Flowith) -> None:
    for kb_list in ([], ["<knowledge_base_id>"], ["모르는 🗝️", "", "a" * 10_000]):
        answer = flowith.seek("배터리", kb_list=kb_list, stream=True)
        assert (answer.status, answer.contents("seeds")) == (200, [[]])
        assert "찾지 못했습니다" in answer.text


def test_an_id_that_is_listed_twice_or_beside_unknown_ones_counts_once(flowith: Flowith) -> None:
    once = flowith.seek("배터리", KOREAN, stream=True)
    assert flowith.seek("배터리", KOREAN, KOREAN, stream=True).body == once.body
    assert flowith.seek("배터리", "unknown", KOREAN, "other", stream=True).seeds == once.seeds


def test_a_loaded_text_is_found_in_its_pieces(flowith: Flowith) -> None:
    paragraphs = [f"{number}번 조항은 출장비 규정을 다룹니다. " * 12 for number in range(1, 6)]
    flowith.load("사내 규정 📚", "출장비", "\r\n\r\n".join(paragraphs))
    pieces = flowith.seek("출장비 규정 조항", "사내 규정 📚", stream=True).seeds
    assert sorted(piece["order"] for piece in pieces) == [0, 1, 2, 3, 4]
    assert {piece["source_title"] for piece in pieces} == {"출장비"}
    assert len({piece["source_id"] for piece in pieces}) == 1
    assert len({piece["id"] for piece in pieces}) == 5
    assert {piece["content"] for piece in pieces} == {paragraph.strip() for paragraph in paragraphs}
    assert all(isinstance(piece["tokens"], int) and piece["tokens"] > 0 for piece in pieces)


def test_a_text_that_was_loaded_after_a_search_is_found_too(flowith: Flowith) -> None:
    flowith.load("kb", "휴가", "연차 휴가는 1년에 15일입니다.")
    assert "15일" in flowith.seek("연차는 며칠인가요?", "kb").text
    flowith.load("kb", "경조사", "결혼하면 특별 휴가 5일을 드립니다.")
    assert "5일" in flowith.seek("결혼 휴가는요?", "kb").text
    flowith.load(ENGLISH, "Parking", "Visitors park behind the showroom.")
    assert "behind the showroom" in flowith.seek("Where do visitors park?").text
    assert "twelve hours" in flowith.seek("How long does the battery of the small lamp last?").text


def test_two_short_texts_that_share_words_are_told_apart(flowith: Flowith) -> None:
    flowith.load("kb", "Plans", "The basic plan costs 10 euros a month and holds 5 projects.")
    flowith.load("kb", "Plans", "The team plan costs 30 euros a month and holds 50 projects.")
    for name, price in (("basic", "10 euros"), ("team", "30 euros")):
        answer = flowith.seek(f"What does the {name} plan cost?", "kb", stream=True)
        assert price in answer.seeds[0]["content"]
        assert price in answer.text.splitlines()[2]


def test_a_word_is_found_inside_a_longer_one(flowith: Flowith) -> None:
    flowith.load("kb", "규격", "급속충전기가 들어 있습니다.")
    flowith.load("kb", "場所", "東京都庁の場所は新宿です。")
    assert "급속충전기" in flowith.seek("충전은요?", "kb").text
    assert "新宿" in flowith.seek("東京都はどこ", "kb").text


def test_composed_and_decomposed_letters_find_each_other(flowith: Flowith) -> None:
    flowith.load(
        "kb", "Cafe\u0301", "Der Cafe\u0301 hat eine große Terrasse. \u1112\u1161\u11ab글 이름은 \u1103\u1161방입니다."
    )
    assert "Terrasse" in flowith.seek("café GROSSE", "kb").text
    assert "\u1103\u1161방" in flowith.seek("한글 다방", "kb").text


def test_accounts_see_nothing_of_each_others_texts(flowith: Flowith) -> None:
    other = Flowith(flowith.engine, "flowith-test-good-other")
    flowith.load("kb", "비밀", "금고의 암호는 1234입니다.")
    flowith.load(KOREAN, "비밀", "금고의 암호는 1234입니다.")
    assert "1234" in flowith.seek("금고 암호", "kb").text
    assert "1234" in flowith.seek("금고 암호").text
    for kb_list in ("kb", KOREAN):
        assert other.seek("금고 암호", kb_list, stream=True).seeds == []


def test_a_cleared_knowledge_base_is_empty_and_exists(flowith: Flowith) -> None:
    flowith.state.clear(KOREAN)
    assert flowith.seek("배터리", KOREAN, stream=True).seeds == []
    flowith.load(KOREAN, "새 글", "배터리는 없습니다.")
    assert [piece["source_title"] for piece in flowith.seek("배터리", KOREAN, stream=True).seeds] == ["새 글"]


def test_an_answer_rests_on_a_limited_number_of_pieces(engine_for: EngineFor) -> None:
    flowith = Flowith(engine_for("flowith_seek"))
    for number in range(30):
        flowith.load("kb", f"제목 {number}", f"등대 이야기 {number}번입니다.")
    assert len(flowith.seek("등대 이야기", "kb", stream=True).seeds) == 8
    limited = Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"pieces_per_answer": 3}}))
    limited.load("kb", "등대", "\n\n".join(f"등대 이야기 {number}번입니다. {'가나다 ' * 70}" for number in range(9)))
    assert len(limited.seek("등대 이야기", "kb", stream=True).seeds) == 3


def test_nip_is_the_lower_the_better_and_the_best_piece_is_first(flowith: Flowith) -> None:
    scores = [piece["nip"] for piece in flowith.seek("배터리 충전", stream=True).seeds]
    assert len(scores) > 2
    assert scores == sorted(scores)
    assert max(scores) < 0


def test_the_same_texts_answer_the_same_again(engine_for: EngineFor) -> None:
    def told() -> tuple[object, ...]:
        flowith = Flowith(engine_for("flowith_seek"))
        flowith.load("kb", "같은 글", "하나. 둘. 셋, 배터리.")
        return tuple(flowith.seek(asked, "kb", KOREAN, stream=True).body for asked in ("배터리", "배터리 둘"))

    assert told() == told()


def test_texts_survive_a_restart(engine_for: EngineFor) -> None:
    flowith = Flowith(engine_for("flowith_seek"))
    flowith.load("kb", "휴가 🏖️", "연차 휴가는 15일입니다.")
    flowith.load(ENGLISH, "Parking", "Visitors park behind the showroom.")
    asked = ("연차 휴가와 visitors park, battery", "kb", ENGLISH)
    before = flowith.seek(*asked, stream=True)
    after = Flowith(reopened(flowith.engine))
    assert after.seek(*asked, stream=True).body == before.body
    assert after.state.spent == 2


def test_a_text_that_no_json_can_carry_is_not_loaded(flowith: Flowith) -> None:
    for arguments in (("\ud800", "t", "t"), ("kb", "\udfff", "t"), ("kb", "t", "가\ud83d")):
        with pytest.raises(ValueError, match="UTF-8"):
            flowith.load(*arguments)
    assert flowith.state.find("kb") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        "!" * 100_000,
        "?)" * 50_000,
        "\n " * 50_000,
        "a" + "\u0301\u0316" * 200_000,
        "가" * 100_000,
        "\x00\u2028",
    ],
    ids=range(8),
)
def test_any_text_can_be_loaded_and_searched(flowith: Flowith, text: str) -> None:
    flowith.load("kb", text, text)
    flowith.load("kb", "이름", f"{text} 배터리 {text}")
    answer = flowith.seek("배터리", "kb", stream=True)
    assert any("배터리" in piece["content"] for piece in answer.seeds)
    assert all(len(piece["content"]) <= 320 for piece in answer.seeds)


def test_what_is_shipped_is_what_the_contract_says(flowith: Flowith) -> None:
    fixtures = flowith.engine.contract.fixtures
    assert fixtures["knowledge_bases"].value == [KOREAN, ENGLISH]
    assert fixtures["foreign_knowledge_bases"].value == [FOREIGN]
    for kb_id, asked in ((KOREAN, "배터리"), (ENGLISH, "battery")):
        assert flowith.seek(asked, kb_id, stream=True).seeds
    assert flowith.seek("배터리", FOREIGN).status == 403
