"""What is promised of a streamed answer: its head, its blocks one by one, and their order."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.reading import Reading, Verdict, shown

from .blocks import Block, Stream, read_stream
from .heads import is_plain_text
from .seeds import judge_seeds

TAGS = ("searching", "seeds", "final")


def judge_stream(reading: Reading, *, pieces: bool) -> Iterator[Verdict]:
    """A streamed answer. ``pieces``: the dialect is on by which many final blocks hold the text and [DONE] ends it."""
    response = reading.response
    status = reading.status
    yield reading.expect("flowith.stream.status", status == 200, "status 200", status, "status")
    content_type = response.header("content-type") or ""
    expected = "text/plain; charset=UTF-8"
    held = is_plain_text(content_type)
    yield reading.expect("flowith.stream.media-type", held, expected, content_type or "none", "header Content-Type")
    yield _utf_8(reading)
    stream = read_stream(response.content)
    yield from _framing(reading, stream)
    for place, block in enumerate(stream.blocks):
        if pieces and block.is_done and block.value is None:
            continue
        yield from _block(reading, place, block)
    yield from _order(reading, stream, pieces=pieces)
    yield from _text(reading, stream)


def _utf_8(reading: Reading) -> Verdict:
    try:
        reading.response.content.decode()
    except UnicodeDecodeError as error:
        return reading.expect("flowith.stream.utf-8", False, "UTF-8", f"byte {error.start} is none")
    return reading.holds("flowith.stream.utf-8", "body")


def _framing(reading: Reading, stream: Stream) -> Iterator[Verdict]:
    held = bool(stream.blocks) and stream.stray is None
    seen = "no block" if stream.stray is None else f"a line {_text_of(stream.stray)}"
    yield reading.expect("flowith.stream.data", held, "blocks that begin with data:", seen)
    if held:
        expected = "lines of `data: ` and JSON, each with an empty line behind it"
        yield reading.expect("flowith.stream.framing", stream.tidy, expected, "another framing")
        yield reading.expect("flowith.stream.line-feed", stream.line_feeds, "LF", "CR LF or CR")


def _block(reading: Reading, place: int, block: Block) -> Iterator[Verdict]:
    where = f"block {place}"
    if not isinstance(block.value, dict):
        yield reading.expect("flowith.stream.json", False, "one JSON object", _text_of(block.text), where)
        return
    yield reading.holds("flowith.stream.json", where)
    known = block.tag in TAGS
    seen = shown(repr(block.value["tag"])) if "tag" in block.value else "no tag"
    yield reading.expect("flowith.stream.tag", known, f"a tag: {', '.join(TAGS)}", seen, f"{where} /tag")
    if known:
        yield reading.holds(f"flowith.{block.tag}.tag", where)
    there = "content" in block.value
    yield reading.expect("flowith.stream.content", there, "a member content", "none", where)
    if block.tag == "searching" and there:
        yield from _progress(reading, block, f"{where} /content")
    elif block.tag == "seeds" and there:
        yield from judge_seeds(reading, block.content, f"{where} /content")
    elif block.tag == "final" and there:
        held = isinstance(block.content, str)
        yield reading.expect("flowith.final.content", held, "a text", shown(repr(block.content)), f"{where} /content")


def _progress(reading: Reading, block: Block, where: str) -> Iterator[Verdict]:
    seen = shown(repr(block.content))
    yield reading.expect("flowith.searching.content", block.content is not None, "a report of progress", seen, where)
    textual = isinstance(block.content, str)
    yield reading.expect("flowith.searching.content-string", textual, "a string", seen, where)


def _order(reading: Reading, stream: Stream, *, pieces: bool) -> Iterator[Verdict]:
    tags = [block.tag for block in stream.blocks]
    later = {tag: max((place for place, seen in enumerate(tags) if seen == tag), default=-1) for tag in TAGS}
    first = {tag: tags.index(tag) if tag in tags else len(tags) for tag in TAGS}
    told = _told(tags)
    if "searching" in tags:
        held = later["searching"] < min(first["seeds"], first["final"])
        yield reading.expect("flowith.stream.searching-first", held, "searching before seeds and final", told)
    if "seeds" in tags:
        held = later["seeds"] < first["final"]
        yield reading.expect("flowith.stream.seeds-before-final", held, "seeds before final", told)
    stages = {"searching", "seeds"} <= set(tags)
    yield reading.expect("flowith.stream.stages", stages, "searching and seeds in every answer", told)
    if pieces:
        done = [place for place, block in enumerate(stream.blocks) if block.is_done]
        held = done == [len(tags) - 1] and not stream.last_stray
        yield reading.expect("flowith.stream.done", held, "[DONE] once, at the end", told)
        if "final" in tags:
            yield reading.holds("flowith.stream.final-pieces")
        after = [tag for tag, block in zip(tags, stream.blocks, strict=True) if not block.is_done]
        ends = bool(after) and after[-1] == "final" and (not done or done[0] == len(tags) - 1) and not stream.last_stray
        yield reading.expect("flowith.stream.final-last", ends, "nothing behind the end", told)
        return
    ends = bool(tags) and tags[-1] == "final" and not stream.last_stray
    expected = "a final block at the end, and nothing behind it"
    yield reading.expect("flowith.stream.final-last", ends, expected, told)
    if "final" in tags:
        count = tags.count("final")
        yield reading.expect("flowith.stream.final-once", count == 1, "one final block", f"{count} of them")


def _text(reading: Reading, stream: Stream) -> Iterator[Verdict]:
    """What the final blocks say together; what cannot be a text is judged block by block."""
    finals = [block for block in stream.blocks if block.tag == "final"]
    if finals and all(isinstance(block.content, str) for block in finals):
        said = bool(stream.text.strip())
        yield reading.expect("flowith.final.content", said, "the complete text of the answer", repr(stream.text))


def _told(tags: list[str | None]) -> str:
    return shown(", ".join(str(tag) for tag in tags) or "no block")


def _text_of(text: bytes) -> str:
    return shown(ascii(text.decode("utf-8", "replace")), 80)
