"""Passages with questions that a reader cannot well miss: each has one thing of the kind that is asked for.

They decide little about a reader's skill, on purpose: an answer counts as found when it shares as much as a character
of the passage with the span that is expected, and nothing is held against a reader before it has missed many.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

ENCYCLOPEDIA = "encyclopedia"


class Item(NamedTuple):
    """A question about a passage; ``expected`` stands in the passage once. ``domain`` is where such a text is from."""

    passage: str
    question: str
    expected: str
    domain: str

    @property
    def body(self) -> dict[str, Any]:
        """The request's JSON, as the document's samples for Java, PHP, Python and Node.js build it."""
        return {"argument": {"question": self.question, "passage": self.passage}}


_HANGUL = "한글은 세종대왕이 1443년에 지었다. 처음에는 훈민정음이라고 불렸다. 자음은 열네 글자이다."
_LIGHTHOUSE = (
    "The lighthouse of Marrow Point was built by the engineer Ada Finch. Its lamp can be seen from a distance of "
    "30 kilometres. The old stable is now a museum."
)
_LIBRARY = (
    "부산시는 3월 2일 새 도서관을 열었다. 도서관 공사에는 2년이 걸렸다. 시민에게 감사를 전한 사람은 김하늘 시장이다."
)
_PUMP = (
    "Press the green button to start the pump. The lamp goes out when the tank is full. "
    "The filter should be replaced every six months."
)
_TRIP = "👩‍👩‍👧‍👦 가족 여행 일기 🇰🇷✈️\n첫날에는 제주도에 갔다. 점심으로 고등어🐟 조림을 먹었다."
_CAFE = unicodedata.normalize("NFD", "카페 café의 이름은 봄날이다. 카페의 주인은 이수민이다.")
_ORDER = "  Order list\r\n\r\n\tThe courier brings the parcel on Friday.\r\nThe invoice is sent by Mina.  \r\n"
_MENU = "𠮷野家 안내 😀 가게에서는 덮밥을 판다. 덮밥의 가격은 8,500원이다. 𝒜𝒷𝒸"

_FESTIVAL = (
    "강나루시는 올가을 '물빛 축제'를 연다.  축제 기간에는 R&D 전시와 <빛의 길> 공연, \"강가 시장\"이 함께 열린다. "
    + "행사장 둘레에는 쉼터와 안내소가 넉넉히 마련되고, 오가는 길목마다 안내하는 이들이 서 있다. " * 9
    + "축제의 총감독은 윤서하이다."
)
_OTHER_MENU = "옆집 안내 😀 가게에서는 국수도 판다. 덮밥의 가격은 9,100원이다."

HANGUL_WHO = Item(_HANGUL, "한글을 지은 사람은 누구인가?", "세종대왕", ENCYCLOPEDIA)
HANGUL_NAME = Item(_HANGUL, "한글은 처음에 무엇이라고 불렸는가?", "훈민정음", ENCYCLOPEDIA)
LIGHTHOUSE_WHO = Item(_LIGHTHOUSE, "Who built the lighthouse of Marrow Point?", "Ada Finch", ENCYCLOPEDIA)
LIGHTHOUSE_DISTANCE = Item(_LIGHTHOUSE, "From what distance can the lamp be seen?", "30 kilometres", ENCYCLOPEDIA)
LIBRARY_TIME = Item(_LIBRARY, "도서관 공사에는 얼마나 걸렸는가?", "2년", "news")
LIBRARY_WHO = Item(_LIBRARY, "시민에게 감사를 전한 사람은 누구인가?", "김하늘", "news")
PUMP_BUTTON = Item(_PUMP, "Which button starts the pump?", "green", "manual")
PUMP_FILTER = Item(_PUMP, "How often should the filter be replaced?", "six months", "manual")
TRIP = Item(_TRIP, "첫날에는 어디에 갔는가?", "제주도", "diary")
CAFE = Item(
    _CAFE, unicodedata.normalize("NFD", "카페의 주인은 누구인가?"), unicodedata.normalize("NFD", "이수민"), "notice"
)
ORDER = Item(_ORDER, "When does the courier bring the parcel?", "Friday", "mail")
MENU = Item(_MENU, "덮밥의 가격은 얼마인가?", "8,500원", "notice")
FESTIVAL = Item(_FESTIVAL, "축제의 총감독은 누구인가? 🎉", "윤서하", "news")
OTHER_MENU = Item(_OTHER_MENU, "덮밥의 가격은 얼마인가?", "9,100원", "notice")

ITEMS = (
    HANGUL_WHO, HANGUL_NAME, LIGHTHOUSE_WHO, LIGHTHOUSE_DISTANCE, LIBRARY_TIME, LIBRARY_WHO, PUMP_BUTTON, PUMP_FILTER,
    FESTIVAL, OTHER_MENU, TRIP, CAFE, ORDER, MENU,
)  # fmt: skip
"""Every item that the scripts ask. Indexes are checked on the last four, whose answers follow characters that UTF-16,
UTF-8, normalisation, stripping or another line end would count otherwise."""

KNOWN: Mapping[tuple[str, str], Item] = {(item.passage, item.question): item for item in ITEMS}

PAIRS: Mapping[str, tuple[Item, Item]] = {
    first.passage: (first, second)
    for first, second in (
        (HANGUL_WHO, HANGUL_NAME),
        (LIGHTHOUSE_WHO, LIGHTHOUSE_DISTANCE),
        (LIBRARY_TIME, LIBRARY_WHO),
        (PUMP_BUTTON, PUMP_FILTER),
    )
}
"""By passage: two questions whose answers stand in different sentences."""


def found(item: Item, answer: str) -> bool:
    """Whether some place where ``answer`` stands in the passage shares a character with the expected span."""
    begin = item.passage.index(item.expected)
    end = begin + len(item.expected)
    at = item.passage.find(answer) if answer else -1
    while at >= 0:
        if at < end and begin < at + len(answer):
            return True
        at = item.passage.find(answer, at + 1)
    return False
