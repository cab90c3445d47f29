"""The same service as people write it by hand: FastAPI on uvicorn, models that validate, a dict for a state."""

from __future__ import annotations

import sys
import uuid
from itertools import islice
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel


class NewKnowledge(BaseModel):
    name: str
    alias: str | None = None
    type: str | None = None
    groups: list[str] = []
    tags: list[str] = []
    options: dict[str, Any] = {}


class Knowledge(NewKnowledge):
    id: str
    category: str = "knowledge"
    comment: str = ""
    created_at: int = 1_700_000_000
    updated_at: int = 1_700_000_000


class Item(BaseModel):
    item: str


class Page(BaseModel):
    items: dict[str, str]
    token: str | None


def authorised(authorization: Annotated[str, Header()] = "") -> None:
    if not authorization.startswith("Bearer dhub-test-"):
        raise HTTPException(401, "not authorised")


app = FastAPI(dependencies=[Depends(authorised)])
knowledges: dict[str, Knowledge] = {}


@app.post("/api/v1/knowledges/")
async def create(body: NewKnowledge) -> Item:
    id = f"knowledge-{uuid.uuid4().hex[:12]}"
    knowledges[id] = Knowledge(id=id, **body.model_dump())
    return Item(item=id)


@app.get("/api/v1/knowledges/")
async def list_all(limit: int = 100, token: str = "0") -> Page:
    start = int(token)
    page = list(islice(knowledges.items(), start, start + limit))
    more = str(start + limit) if start + limit < len(knowledges) else None
    return Page(items={id: knowledge.model_dump_json() for id, knowledge in page}, token=more)


@app.get("/api/v1/knowledges/{id}")
async def read(id: str) -> Knowledge:
    if id not in knowledges:
        raise HTTPException(404, "no such knowledge")
    return knowledges[id]


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
