"""The pages in a real browser: printed on paper, in Chinese and in English, with hostile texts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import attrs
import pytest

from creditshare.disclosure import Language, Report, render_html
from papers import ARABIC, HOSTILE, hostile, papers
from world import listing

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
POPPLER = all(map(shutil.which, ("pdftotext", "pdffonts", "pdfinfo")))
_LISTED = subprocess.run(["fc-list", ":lang=zh"], capture_output=True).stdout
FONTS = shutil.which("fc-list") is not None and bool(_LISTED)
pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="needs chromium: apt-get install chromium"),
    pytest.mark.skipif(not POPPLER, reason="needs pdftotext: apt-get install poppler-utils"),
    pytest.mark.skipif(not FONTS, reason="needs Chinese fonts: apt-get install fonts-noto-cjk"),
]


class Printed:
    """A page on paper.

    Args:
        folder: Where the files go.
        page: The page.

    Attributes:
        said: What the browser complained of: also whatever the page's policy refused to load.
    """

    def __init__(self, folder: Path, page: str) -> None:
        source, self.path = folder / "page.html", folder / "page.pdf"
        source.write_text(page, "utf-8")
        done = subprocess.run(
            [
                str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-background-networking",
                "--disable-component-update",
                "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0",
                f"--user-data-dir={folder.parent / 'profile'}",
                "--no-pdf-header-footer", f"--print-to-pdf={self.path}", source.as_uri(),
            ],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        self.said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    def told(self, tool: str, *options: str) -> str:
        """What a tool tells of the paper."""
        command = [tool, *options, str(self.path), *(["-"] if tool == "pdftotext" else [])]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    @property
    def text(self) -> str:
        """All that stands on it, without spaces and line ends."""
        return "".join(self.told("pdftotext").split())

    @property
    def pages(self) -> int:
        """How many sheets it is."""
        found = re.search(r"Pages: +(\d+)", self.told("pdfinfo"))
        assert found is not None
        return int(found[1])


def printed(folder: Path, report: Report, language: Language) -> Printed:
    folder.mkdir()
    return Printed(folder, render_html(report, language))


def test_papers_are_printed_with_their_fonts(tmp_path: Path) -> None:
    """Each paper is a few sheets of A4 with its Chinese letters inside; nothing is fetched."""
    made = papers(tmp_path)
    titled: list[tuple[Report, Language, str]] = [
        (made.issuer, Language.CHINESE, "个人信息披露报告：本机构报送的信息"),
        (made.recipient, Language.ENGLISH, "Disclosure:whatweholdofyou"),
        (made.adverse, Language.CHINESE, "不利决定告知书"),
    ]
    for number, (report, language, title) in enumerate(titled):
        paper = printed(tmp_path / str(number), report, language)
        fonts = paper.told("pdffonts").splitlines()[2:]

        assert title in paper.text
        assert "测试1" in paper.text
        assert "某某资产管理有限公司" in paper.text
        assert "我已于上月清偿部分欠款" in paper.text
        # Chromium draws the letters of a font collection as Type 3, which has no name
        assert any(re.search(r"CJK|Han|Song|Type 3", line) for line in fonts)
        assert all(re.search(r" yes +(yes|no) +(yes|no) +\d+ +\d+$", line) for line in fonts)
        assert "(A4)" in paper.told("pdfinfo")
        assert 2 <= paper.pages <= 4
        assert f"1/{paper.pages}" in paper.text
        assert [] == paper.said


def test_hostile_texts_are_printed_as_they_were_written(tmp_path: Path) -> None:
    """Markup, right-to-left letters and thousands of characters without a gap break nothing."""
    report = papers(tmp_path, hostile(), None).issuer
    paper = printed(tmp_path / "hostile", report, Language.CHINESE)

    assert HOSTILE.replace(" ", "") in paper.text
    assert paper.text.count("长") >= 2000
    assert paper.text.count("x") >= 800
    assert "交付人签名（盖章）及日期" in paper.text
    assert paper.pages <= 8
    assert [] == paper.said
    (before,) = (page for page in paper.told("pdftotext").split("\f") if "送达方式" in page)
    assert "长长" in before  # a long row begins where the one before it ends


def test_what_is_written_from_right_to_left_stands_so(tmp_path: Path) -> None:
    """A text in Arabic begins at the right, so that its full stop stands at its end."""
    drafted = listing(1)
    owed = attrs.evolve(drafted.obligation, creditor=f"{ARABIC}.")
    report = papers(tmp_path, attrs.evolve(drafted, obligation=owed)).issuer
    paper = printed(tmp_path / "arabic", report, Language.CHINESE)
    words = re.findall(r'xMin="([\d.]+)".*>[\u0600-\u06ff.]+<', paper.told("pdftotext", "-bbox"))

    assert words
    assert all(float(left) > 300 for left in words)


def test_a_page_that_fetched_or_ran_something_would_be_seen(tmp_path: Path) -> None:
    """A page with a picture from elsewhere and a script is refused both, and says so."""
    report = papers(tmp_path).adverse
    page = render_html(report, Language.ENGLISH)
    (tmp_path / "other").mkdir()
    added = '<img src="http://example.test/a.png"><script>1</script></body>'
    paper = Printed(tmp_path / "other", page.replace("</body>", added))

    assert 2 == len([line for line in paper.said if "Content Security Policy" in line])
