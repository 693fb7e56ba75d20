"""What Sphinx makes the site with."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)

project = "grantmint"
release = VERSION[1] if VERSION else ""
extensions = ["myst_parser", "sphinx_design"]
# A heading's anchor is the one that it has in the repository.
myst_heading_anchors = 6
myst_enable_extensions = ["colon_fence"]
html_theme = "furo"
html_title = f"grantmint {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
# Nothing is fetched from elsewhere.
html_theme_options = {"navigation_with_keys": False}


def give_levels(app, name, template, context, doctree):
    """Says on which level the headings of the navigation are, as screen readers want."""
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app):
    """What Sphinx calls first."""
    app.connect("html-page-context", give_levels, priority=900)
