"""Flask with answers that are always the same: what the example is measured beside."""

import json
import os
from typing import Any

from flask import Flask, Response, jsonify

ANSWERS: list[dict[str, Any]] = json.loads(os.environ["ANSWERS"])
app = Flask(__name__)


@app.get("/0")
def first() -> Response:
    """The first answer."""
    return jsonify(ANSWERS[0])


@app.get("/1")
def second() -> Response:
    """The second answer."""
    return jsonify(ANSWERS[1])
