"""The system's Chromium, driven by Playwright, for tests of pages on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from attrs import field, frozen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, if this machine has one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: pages are not tried in a browser")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=found, args=QUIET)
        yield chromium
        chromium.close()


@frozen
class Visit:
    """A page in the browser, and all that it asked for and complained of."""

    page: Page
    url: str
    requests: list[str] = field(factory=list)
    complaints: list[str] = field(factory=list)

    def answer(self, words: str) -> None:
        """Write into the field, press the button, and wait for the page that comes of it."""
        self.page.locator("#words").fill(words)
        with self.page.expect_navigation():
            self.page.get_by_role("button").click()

    def another_site(self, body: str, **others: str) -> None:
        """Open a page of another site.

        Args:
            body: its HTML.
            others: that of further pages there, by path.
        """
        self.page.route(
            "http://localhost/**",
            lambda route: route.fulfill(
                body=others.get(route.request.url.rpartition("/")[2], body),
                content_type="text/html",
            ),
        )
        self.page.goto("http://localhost/evil")

    def press(self) -> Response:
        """Press the button; what answers the form."""
        with self.page.expect_navigation() as navigated:
            self.page.get_by_role("button").click()
        answer = navigated.value
        assert answer is not None
        return answer

    def frames_nothing(self, url: str) -> bool:
        """Whether another site gets an error where it frames a page, but for its own pages."""
        frames = f'<iframe src="{url}"></iframe><iframe src="/harmless"></iframe>'
        self.another_site(frames, harmless="<form></form>")
        _, framed, other = self.page.frames
        assert other.locator("form").count() == 1
        return framed.url == "chrome-error://chromewebdata/" and not framed.locator("form").count()

    def is_quiet(self, *, refusals: int = 0) -> bool:
        """Nothing went elsewhere, and the console has no more than the answers with 4xx."""
        own = self.url.rpartition("/")[0].rpartition("/")[0]
        elsewhere = [url for url in self.requests if not url.startswith(own)]
        expected = ["Failed to load resource"] * refusals
        kinds = [each.partition(":")[0] for each in self.complaints]
        assert (elsewhere, kinds) == ([], expected), self.complaints
        return True


@pytest.fixture
def open_link(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens a link in a fresh browser, which keeps nothing of the one before."""
    contexts: list[Any] = []

    def go(url: str, **options: Any) -> Visit:
        context = browser.new_context(**{"locale": "en-US", **options})
        context.set_default_timeout(60_000)
        contexts.append(context)
        visit = Visit(context.new_page(), url)
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("console", lambda message: visit.complaints.append(message.text))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.goto(url)
        return visit

    yield go
    for context in contexts:
        context.close()
