"""Settings of the site that `make site` builds from this folder with Sphinx, MyST and Furo."""

from __future__ import annotations

import steppe

project = "steppe"
author = copyright = "the authors of steppe"
version = release = steppe.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["notebooks/*.py", "examples/*"]
suppress_warnings = ["toc.empty_glob"]  # the navigation names pages that may not be there

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
html_show_sourcelink = False
