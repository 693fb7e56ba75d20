"""FastAPI with answers that are always the same: what the example is measured beside."""

import json
import os
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

ANSWERS: list[dict[str, Any]] = json.loads(os.environ["ANSWERS"])
app = FastAPI()


@app.get("/0")
async def first() -> JSONResponse:
    """The first answer."""
    return JSONResponse(ANSWERS[0])


@app.get("/1")
async def second() -> JSONResponse:
    """The second answer."""
    return JSONResponse(ANSWERS[1])
