"""What models cost and how long they take: figures that were chosen, of the order of what vendors ask for."""

from __future__ import annotations

from typing import NamedTuple


class Price(NamedTuple):
    """US dollars for a million tokens that are read and that are written, and the pace of writing."""

    read: float
    written: float
    microseconds_per_token: int = 1_500

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """US dollars, to a millionth."""
        return round((input_tokens * self.read + output_tokens * self.written) / 1_000_000, 6)

    def milliseconds(self, output_tokens: int, chance: int) -> int:
        """How long a request takes: some time before the first token, then the pace; three seconds at most."""
        return min(3_000, 150 + chance % 200 + output_tokens * self.microseconds_per_token // 1_000)


_PRICES = {
    "anthropic::claude-sonnet-4-5-20250514": Price(3.0, 15.0),
    "openai::gpt-4o": Price(2.5, 10.0, 1_200),
    "google::gemini-2.5-pro": Price(1.25, 10.0, 1_000),
    "deepseek::deepseek-chat": Price(0.3, 1.1, 2_000),
}
_OTHERS = Price(1.0, 4.0)


def price_of(model: str) -> Price:
    """By model key; one price for all models that are not listed."""
    return _PRICES.get(model, _OTHERS)
