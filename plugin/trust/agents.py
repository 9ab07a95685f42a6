"""Programs that say what they are."""

from __future__ import annotations

import re

# Words by which crawlers, monitors and driven browsers name themselves. A client library is not among them:
# a shop's own server may pass a browser's activity on. Cubot makes telephones.
NAMED = re.compile(
    r"(?<!cu)bot(\b|_)|crawl|spider|slurp|headless|phantomjs|lighthouse|page ?speed|pingdom|uptime|monitoring"
    r"|facebookexternalhit|embedly|preview|archiver|scrapy",
    re.IGNORECASE,
)


def says_automatic(user_agent: str | None) -> bool:
    """Return whether a user agent names a program that no person looks through."""
    return bool(user_agent) and NAMED.search(user_agent or "") is not None
