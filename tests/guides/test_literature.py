"""docs/literature.md is what the audit of the guides says today."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import roofsheet
from roofsheet.cli.audit_folder import links_of, survey_folder
from roofsheet.diagrams.markdown import Anchors
from roofsheet.diagrams.markdown_report import report
from roofsheet.problems import Text
from roofsheet.scenarios import Library, folder_at

ROOT = Path(roofsheet.__file__).parent
PAGE = ROOT / "docs" / "literature.md"


@pytest.fixture(scope="module")
def page():
    library = Library([])
    folder = folder_at(Text.line("guides/", "a test"), library)
    assert folder is not None
    return report(survey_folder(folder, library), links_of(folder, PAGE.parent))


def test_the_page_is_of_today(page):
    """UPDATE_GOLDEN=1 writes it anew, as `make docs` does."""
    if "UPDATE_GOLDEN" in os.environ:
        PAGE.write_text(page, encoding="utf-8")
    assert page == PAGE.read_text(encoding="utf-8")


def test_a_link_of_the_page_leads_somewhere(page):
    anchors = Anchors()
    headings = {f"#{anchors.of(text)}" for text in re.findall(r"^#+ (.*)$", page, flags=re.MULTILINE)}
    links = set(re.findall(r"\]\(((?!http)[^)<>]+)\)", page))
    assert [link for link in links if link not in headings and not (PAGE.parent / link).exists()] == []
    assert any(link.startswith("#") for link in links)
    assert any(link.startswith("../scenarios/guides/") for link in links)


def test_a_row_of_a_table_has_as_many_cells_as_its_head(page):
    for block in re.findall(r"(?:^\|.*\n)+", page, flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block


def test_what_is_folded_is_opened_and_closed(page):
    assert page.count("<details><summary>") == page.count("</details>") > 0
    tags = re.findall(r"(?<!\\)</?\w+", re.sub(r"`+[^`]*`+|\]\(<.*?>\)", "", page))
    assert set(tags) == {"<details", "</details", "<summary", "</summary"}
