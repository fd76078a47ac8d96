"""Settings of the site that `make site` builds from this folder with Sphinx, MyST and Furo."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import steppe

warnings.filterwarnings("ignore", "ipyparallel not installed")  # the EMA workbench, as it is read
DOCS = Path(__file__).parent

project = "steppe"
author = copyright = "the authors of steppe"
version = release = steppe.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["notebooks/*.py", "examples/*", "ablations_findings.md"]  # part of ablations.md

# Pages are Markdown that a code host shows as well; notebooks show the outputs they are kept with.
myst_heading_anchors = 3
nb_execution_mode = "off"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

html_theme = "furo"
html_title = f"steppe {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_search_summary = False  # a browser may not read other pages from a disk
html_show_sourcelink = False


def setup(app: Any) -> None:
    """Let the site differ from what a code host shows in two things."""
    app.connect("source-read", _listed)
    app.connect("source-read", _copied)


def _listed(app: Any, name: str, source: list[str]) -> None:
    """List the pages of this folder that no list of the front page names under "More"."""
    if name != "index":
        return
    named = {"index", "ablations_findings", *re.findall(r"^[\w/]+$", source[0], re.MULTILINE)}
    others = sorted(p.stem for p in DOCS.glob("*.md") if p.stem not in named)
    if others:
        lines = ["```{toctree}", ":caption: More", ":hidden:", "", *others, "```"]
        source[0] += "\n" + "\n".join(lines) + "\n"


def _copied(app: Any, name: str, source: list[str]) -> None:
    """Let links to files outside of this folder lead to copies of them."""
    page = DOCS / f"{name}.md"

    def copied(link: re.Match[str]) -> str:
        place = (page.parent / link[2]).resolve()
        return link[0] if place.is_relative_to(DOCS) else f"{{download}}`{link[1]} <{link[2]}>`"

    if page.is_file():
        source[0] = re.sub(r"\[([^\]\n]*)\]\((\.\./[^)\s#]*)\)", copied, source[0])
