"""Great Expectations' own pages (Data Docs), made to open offline.

Belongs here: building the site, taking out what it would fetch. Does not: our own report
(report.py).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

# What the pages load from the network: styles, scripts and a logo. Without them the text is all
# there; the style below stands in for the rest.
REMOTE_ELEMENTS = re.compile(
    r"<script[^>]+src=[\"'](?:https?:)?//[^>]*>\s*</script>"
    r"|<link[^>]+href=[\"'](?:https?:)?//[^>]*>"
    r"|<img[^>]+src=[\"'](?:https?:)?//[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
STYLE = """<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933; margin: 0 auto; padding: 1rem;
max-width: 75rem; }
.row { display: flex; flex-wrap: wrap; gap: 1rem; } .col-lg-2, .col-md-2 { flex: 0 0 14rem; }
.col-lg-10, .col-md-10, .col-lg-8, .col-md-8 { flex: 1 1 30rem; min-width: 0; }
table { border-collapse: collapse; width: 100%; } td, th { border-bottom: 1px solid #e4e7eb;
padding: .35rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; } .modal, .d-none, [role=dialog], script { display: none; }
.badge { background: #e4e7eb; border-radius: .3rem; padding: 0 .4rem; } a { color: #1d4ed8; }
.alert, .card { border: 1px solid #e4e7eb; border-radius: .4rem; padding: .6rem; margin: .5rem 0; }
</style>"""


def build(context: Any, folder: Path) -> None:
    """Build the site of this process's validations into the folder, replacing what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in list(context.variables.data_docs_sites or {}):
        context.delete_data_docs_site(name)
    context.add_data_docs_site(
        site_name="local",
        site_config={
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder),
            },
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    context.build_data_docs(site_names=["local"])
    for page in folder.rglob("*.html"):
        make_offline(page)


def make_offline(page: Path) -> None:
    """Take out what a page would load from the network and give it a plain style."""
    html = REMOTE_ELEMENTS.sub("", page.read_text())
    page.write_text(html.replace("</head>", f"{STYLE}</head>", 1))
