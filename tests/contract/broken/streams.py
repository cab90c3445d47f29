"""Broken streams."""

from __future__ import annotations

from tests.contract.broken import MEDIA, STREAM, Case

SLIDING = f"{STREAM}/dialects/sliding-day"
LAST_TEXT = {"order": {"begun": ["done", "last"], "done": ["last"], "last": []}, "terminal": ["last"]}

CASES = {
    # About streams.
    "a stream without an order": Case("L801", MEDIA, {STREAM: ...}),
    "an event stream without itemSchema": Case("L801", MEDIA, {f"{MEDIA}/itemSchema": ...}),
    "a kind that no event has": Case(
        "L802",
        f"{STREAM}/order/paused",
        {f"{STREAM}/order": {"begun": ["done", "paused"], "paused": ["done"], "done": []}},
    ),
    "an event whose kind has no order": Case(
        "L802", f"{STREAM}/order", {"/components/schemas/Done/properties/event": {"enum": ["done", "failed"]}}
    ),
    "events without a kind": Case("L802", f"{STREAM}/kind", {f"{STREAM}/kind": "/type"}),
    "terminal, but something follows": Case("L803", f"{STREAM}/order/done", {f"{STREAM}/order/done": ["begun"]}),
    "first is no kind": Case("L803", f"{STREAM}/first/0", {f"{STREAM}/first": ["start"]}),
    "what follows is no kind": Case("L803", f"{STREAM}/order/begun", {f"{STREAM}/order/begun": ["done", "paused"]}),
    "a pair of no kind": Case("L803", f"{STREAM}/pairs/0/close", {f"{STREAM}/pairs/0/close": "ended"}),
    "a kind without an end": Case("L803", f"{STREAM}/order/begun", {f"{STREAM}/order/begun": ["begun"]}),
    "a kind that is never reached": Case("L803", f"{STREAM}/order/begun", {f"{STREAM}/first": ["done"]}),
    "a pair by no member": Case("L804", f"{STREAM}/pairs/0/by/0", {f"{STREAM}/pairs/0/by": ["/model"]}),
    "a correlation of no member": Case(
        "L804", f"{STREAM}/correlate/0/member", {f"{STREAM}/correlate/0/member": "/job"}
    ),
    "a correlation to no parameter": Case(
        "L804", f"{STREAM}/correlate/0/equals", {f"{STREAM}/correlate/0/equals": "path:job_id"}
    ),
    "an example that begins late": Case(
        "L805", f"{MEDIA}/examples/short", {f"{MEDIA}/examples/short/value": [{"event": "done", "by": "a"}]}
    ),
    "an example that does not end": Case(
        "L805", f"{MEDIA}/examples/short", {f"{MEDIA}/examples/short/value": [{"event": "begun", "by": "a"}]}
    ),
    "an example whose pair is another's": Case(
        "L805",
        f"{MEDIA}/examples/short",
        {f"{MEDIA}/examples/short/value": [{"event": "begun", "by": "가"}, {"event": "done", "by": "나"}]},
    ),
    "a form of no kind": Case(
        "L806",
        f"{STREAM}/kinds/last/0/of",
        {f"{STREAM}/kinds": {"last": [{"of": "end", "member": "/by", "equals": "끝"}]}},
    ),
    "a form by no member": Case(
        "L806",
        f"{STREAM}/kinds/last/0/member",
        {f"{STREAM}/kinds": {"last": [{"of": "done", "member": "/why", "equals": "끝"}]}},
    ),
    "a form that is neither": Case("L110", f"{STREAM}/kinds/last/0", {f"{STREAM}/kinds": {"last": [{"of": "done"}]}}),
    "a dialect of a stream that nothing switches on": Case(
        "L807", f"{STREAM}/dialects/other", {f"{STREAM}/dialects": {"other": {"first": ["begun", "done"]}}}
    ),
    "a dialect whose order has an unknown kind": Case(
        "L802", f"{SLIDING}/order/last", {f"{STREAM}/dialects": {"sliding-day": LAST_TEXT}}
    ),
    "a dialect under which a kind has no end": Case(
        "L803",
        f"{SLIDING}/order/begun",
        {f"{STREAM}/dialects": {"sliding-day": {"order": {"begun": ["begun"], "done": []}}}},
    ),
}
