"""Writes the references of the languages: what their own files say, as pages."""

from __future__ import annotations

from pages import Sources


def write_references(sources: Sources) -> None:
    """Writes a page for each language."""
