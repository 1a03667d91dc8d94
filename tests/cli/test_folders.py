"""roofsheet audit FOLDER: its scenarios together, as a table, as data and as a page."""

from __future__ import annotations

import json
from io import StringIO

import pytest

from roofsheet.cli import screen
from roofsheet.graph.audit.survey import Tally

SHEEP = r"""
scenario: Sheep | and their wool
about: Costs $2 and *stars*, ~3 of <b>.
source: {title: 'Nobody 2023, On sheep', url: 'https://example.org/a_(b)', read: 2024-01-02}
use: [./wool.yaml]
quantities:
  pick: {choices: [small, large], formula: 'small if size < 30[GB] else large'}
set: {count: 70, each: {value: 0.5 GiB, kind: claimed, source: Table 1}}
claims:
  - source: Table 1
    claims:
      size: {printed: 35 GB, expect: fails, why: the digits are GiB}
      pick: large
      count: 70
  - {subject: 'size / 1[GB]', printed: 37, mode: floor}
  - {subject: size, printed: 38, unit: GB, mode: about}
  - {subject: size / 2, printed: 20 GB, expect: fails, why: 'half of 40 GB | a guess'}
show: [size]
"""
WOOL = """
sheet: wool
about: Wool.
quantities:
  count: {about: how many}
  each: {unit: GB, about: the size of each}
  size: {unit: GB, formula: count * each}
"""
CHAPTER = """
scenario: Chapter {0}
source: {{title: 'Somebody 2024, The book, ch. {0}', read: 2026-07}}
quantities: {{a: {{unit: ms, default: 3 ms}}, b: {{unit: ms, formula: 'a * 2'}}}}
claims: {{b: {{over: {{a: [1 ms, 2 ms]}}, printed: [2 ms, 4 ms]}}}}
"""
CARD = """
scenario: A card
use: [weights, decode]
compare: {hardware: a10}
set: {memory_bandwidth: 500 GB/s, n_parameters: 7e9 parameter, bytes_per_parameter: 2 byte/parameter}
claims: {tpot: 28 ms, 'tpot * 2': 56 ms}
show: [tpot]
"""
GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"


@pytest.fixture
def folder(tmp_path):
    """A folder `mix`, with files added to those that are fine."""

    def make(**files: str) -> None:
        texts = {"sheep.yaml": SHEEP, "wool.yaml": WOOL, "card.yaml": CARD, **files}
        texts |= {f"book/ch{number}.yaml": CHAPTER.format(number) for number in (1, 2)}
        for name, text in texts.items():
            path = tmp_path / "mix" / name.replace("__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return make


@pytest.fixture
def audited(run, folder):
    """The audit of `mix` with these files more: the result, and its one object."""

    def audit(*arguments: str, **files: str):
        folder(**files)
        result = run("audit", "mix", "--json", *arguments)
        assert result.stderr == ""
        return result, json.loads(result.stdout)

    return audit


def scenarios_of(found):
    return {each["scenario"]: each for source in found["sources"] for each in source["scenarios"]}


BROKEN = "scenario: [unclosed\n"
UNEXPECTED = "scenario: Odd\nquantities: {a: {unit: s, default: 2 s}}\nclaims: {a: 3 s}\n"
FAILING = "scenario: Odd\nquantities: {a: {unit: s, default: 2 s}}\nchecks: [{rule: 'a > 3[s]', why: too short}]\n"
NO_VALUE = "scenario: Odd\nquantities: {a: {default: 0}, b: 1 / a}\nclaims: {b: 3}\nshow: [a]\n"


# -- the table -------------------------------------------------------------------------------------


def test_a_folder_is_told_by_source(run, folder, golden):
    folder(broken__yaml=BROKEN, odd__yaml=UNEXPECTED, failing__yaml=FAILING)
    result = run("audit", "mix", "--as-of", "2026-12-01")
    golden("audit-folder", result.output)
    assert [line for line in result.stdout.splitlines() if len(line) > 80] == []


def test_a_long_name_stands_above_its_numbers(run, folder):
    name = "a-source-whose-name-is-longer-than-the-room"
    folder(**{f"{name}.yaml": CARD})
    lines = run("audit", "mix/").stdout.splitlines()
    place = lines.index(name)
    assert lines[place + 1].split() == ["2", "2", "–", "–", "–", "2"]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("asked", ["guides", "guides/", "guides//"])
def test_a_bundled_folder_goes_by_its_name(asked, run):
    result = run("audit", asked)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("audit of guides/\n")


def test_a_path_in_a_folder_s_place_is_one(run, folder, tmp_path):
    folder()
    (tmp_path / "mix").rename(tmp_path / "guides")
    assert "audit of guides/" in run("audit", "guides").stdout
    assert "sheep" not in run("audit", "guides").stdout
    assert "sheep" in run("audit", "./guides").stdout
    assert "sheep" in run("audit", str(tmp_path / "guides")).stdout


def test_sources_read_long_ago_are_named(run, folder):
    folder()
    assert "18 months ago: sheep\n" in run("audit", "mix", "--as-of", "2026-12-01").stdout
    assert "18 months ago: book, sheep\n" in run("audit", "mix", "--as-of", "2028-12-01").stdout
    assert "months ago" not in run("audit", "mix", "--as-of", "2024-02-01").stdout


# -- exit codes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "text"), [(0, CARD), (1, UNEXPECTED), (1, FAILING), (2, BROKEN), (2, NO_VALUE), (2, "services: {}\n")]
)
def test_an_audit_of_a_folder_ends_with_its_code(code, text, run, folder):
    """A contradiction with the catalogue (the card's) is what it counts, and no failure."""
    folder(odd__yaml=text)
    assert run("audit", "mix").exit_code == code
    assert run("audit", "mix", "--json").exit_code == code


def test_one_scenario_with_that_contradiction_fails(run, folder):
    folder()
    assert run("audit", "mix/card.yaml").exit_code == 1


def test_a_wrong_file_keeps_none_of_the_others_from_being_audited(audited):
    result, found = audited(broken__yaml=BROKEN)
    assert result.exit_code == 2
    assert found["totals"]["claims"] == 12
    assert scenarios_of(found)["mix/broken.yaml"]["problems"][0]["kind"] == "yaml"


def test_a_check_that_warns_fails_nothing(run, folder):
    folder(odd__yaml=FAILING.replace("why:", "severity: warning, why:"))
    result = run("audit", "mix")
    assert result.exit_code == 0
    assert "1 check that warns" in result.stdout


# -- what is refused -------------------------------------------------------------------------------

REFUSED = (
    ("nowhere/",),
    ("guide/",),
    ("empty",),
    ("sheets/",),
    ("guides/", "tpot"),
    ("guides/", "--set", "n_layers=64"),
    ("guides/", "--all"),
    ("guides/", "--report", "page.yaml"),
    ("guides/", "--report", "nowhere/page.md"),
    (GUIDE, "--report", "page.md"),
)


def test_what_is_refused_says_why(run, golden, tmp_path):
    (tmp_path / "empty").mkdir()
    told: list[str] = []
    for arguments in REFUSED:
        result = run("audit", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        told.append(f"$ roofsheet audit {' '.join(arguments)}\n{result.stderr}")
    golden("audit-folder-refused", "\n".join(told))
    assert list(tmp_path.glob("*.md")) == []


def test_nothing_is_no_folder(run):
    result = run("audit", "")
    assert result.exit_code == 2
    assert "there is no bundled scenario called" in result.stderr


def test_a_folder_that_is_not_there_is_one_object_too(run):
    result = run("audit", "nowhere/", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["sources"], found["totals"]["claims"]) == (2, [], 0)
    assert found["problems"][0]["message"] == "there is no folder called nowhere/"


def test_what_is_hidden_and_what_is_of_another_sort_is_left_aside(audited):
    others = {"notes.md": "# notes", "words.yaml": "dialect: words\n", "half.yaml": "sheet: {a: b}\n"}
    _, found = audited(**{".hidden/odd.yaml": BROKEN, ".odd.yaml": BROKEN}, **others)
    assert set(scenarios_of(found)) == {"mix/sheep.yaml", "mix/card.yaml", "mix/book/ch1.yaml", "mix/book/ch2.yaml"}


# -- JSON ------------------------------------------------------------------------------------------


def test_tallies_add_up(audited):
    _, found = audited()
    assert [source["source"] for source in found["sources"]] == ["book", "card", "sheep"]
    assert found["totals"] == {
        "claims": 12, "held": 9, "truncated": 1, "wrong_label": 1, "wrong_arithmetic": 1, "not_reproduced": 0,
        "no_value": 0, "wrong_assumption": 2, "unexpected": 0,
    }  # fmt: skip
    for name, total in found["totals"].items():
        assert sum(source["tally"][name] for source in found["sources"]) == total
        assert sum(each["tally"][name] for each in scenarios_of(found).values()) == total


def test_a_claim_has_its_verdict_and_how_it_came_about(audited):
    _, found = audited()
    claim = scenarios_of(found)["mix/sheep.yaml"]["claims"][0]
    assert {**claim, "mark": claim["mark"]["line"]} == {
        "subject": "size", "at": "", "printed": "35 GB", "computed": pytest.approx(37.58, abs=0.01), "unit": "GB",
        "holds": False, "labelled": "off", "best": "held", "best_unit": "GiB", "finding": "wrong label",
        "expect": "fails", "follows": None, "as_expected": True, "mode": "round", "source": "Table 1",
        "why": "the digits are GiB",
        "given": {}, "formula": "count * each", "numbers": "70 * 0.5369 GB", "contradicted": [], "by_catalogue": None,
        "explanations": [{"sentence": "The digits are right in GiB.", "kind": "label", "values": [], "computed": "",
                          "ratio": None, "unit": "GiB", "is_cut": False}], "mark": 12,
    }  # fmt: skip
    chapter = scenarios_of(found)["mix/book/ch1.yaml"]["claims"]
    assert [(each["at"], each["given"], each["numbers"]) for each in chapter] == [
        ("a 1 ms", {}, "1 ms * 2"), ("a 2 ms", {}, "2 ms * 2"),
    ]  # fmt: skip


def test_a_contradiction_says_what_the_claims_on_it_become(audited):
    _, found = audited()
    card = scenarios_of(found)["mix/card.yaml"]
    bandwidth = next(each for each in card["contradictions"] if each["name"] == "memory_bandwidth")
    assert (bandwidth["ours"], bandwidth["theirs"]) == ("500 GB/s", "600 GB/s")
    assert [(each["subject"], each["becomes"], each["unit"]) for each in bandwidth["claims"]] == [
        ("tpot", pytest.approx(23.33, abs=0.01), "ms"), ("tpot * 2", pytest.approx(46.67, abs=0.01), "ms"),
    ]  # fmt: skip
    assert card["claims"][1]["contradicted"] == ["memory_bandwidth"]
    assert card["claims"][1]["by_catalogue"] == pytest.approx(46.67, abs=0.01)


def test_a_failed_check_is_told(audited):
    _, found = audited(failing__yaml=FAILING)
    (check,) = scenarios_of(found)["mix/failing.yaml"]["checks"]
    assert (check["rule"], check["why"], check["values"]) == ("a > 3[s]", "too short", [["a", "2 s"]])
    assert found["failed"]


# -- the page --------------------------------------------------------------------------------------


def test_the_page_of_a_folder_reads_as_agreed(run, folder, golden, tmp_path):
    folder(broken__yaml=BROKEN, odd__yaml=UNEXPECTED, failing__yaml=FAILING)
    run("audit", "mix", "--report", "page.md")
    golden("audit-folder-page", (tmp_path / "page.md").read_text(encoding="utf-8"))


def test_the_page_is_the_same_on_any_day_and_lies_whole_in_its_place(run, folder, tmp_path):
    folder()
    pages: list[bytes] = []
    for day in ("2026-12-01", "2036-12-01"):
        assert run("audit", "mix", "--as-of", day, "--report", "page.md").exit_code == 0
        pages.append((tmp_path / "page.md").read_bytes())
    assert pages[0] == pages[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mix", "page.md"]


def test_the_page_links_to_the_scenarios_from_where_it_is(run, folder, tmp_path):
    folder()
    (tmp_path / "docs").mkdir()
    run("audit", "mix", "--report", "docs/page.md")
    assert "(../mix/book/ch1.yaml)" in (tmp_path / "docs" / "page.md").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_a_problem(run, folder, tmp_path, monkeypatch):
    folder()
    monkeypatch.setattr("roofsheet.scenarios.whole_files.NamedTemporaryFile", refuse)
    result = run("audit", "mix", "--report", "page.md")
    assert result.exit_code == 2
    assert "'page.md' cannot be written: disk full" in result.stderr


def test_a_link_stays_one_and_what_it_leads_to_is_written(run, folder, tmp_path):
    folder()
    (tmp_path / "kept.md").write_text("old", encoding="utf-8")
    (tmp_path / "link.md").symlink_to("kept.md")
    assert run("audit", "mix", "--report", "link.md").exit_code == 0
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "kept.md").read_text(encoding="utf-8").startswith("# ")


def test_a_file_that_may_not_be_written_is_not_replaced(run, folder, tmp_path, monkeypatch):
    folder()
    (tmp_path / "page.md").write_text("old", encoding="utf-8")
    monkeypatch.setattr("roofsheet.scenarios.whole_files.os.access", lambda *_: False)  # root may write anything
    result = run("audit", "mix", "--report", "page.md")
    assert result.exit_code == 2
    assert "'page.md' cannot be written: permission denied" in result.stderr
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".page")] == []


def refuse(*_: object, **__: object):
    raise OSError(28, "Disk full")


# -- in a terminal ---------------------------------------------------------------------------------


def test_progress_is_drawn_once_it_takes_long_and_wiped_away(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with screen.progress("auditing", 2) as step:
        step("quick")
    assert terminal.getvalue() == ""
    monkeypatch.setattr(screen, "_A_MOMENT", -1)
    with screen.progress("auditing", 2) as step:
        step("[bold]slow")
    assert "auditing [bold]slow" in terminal.getvalue()
    assert terminal.getvalue().rstrip().endswith("\x1b[2K")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_tallies_are_added_count_by_count():
    assert Tally(2, 1, 1) + Tally(3, 2, wrong_label=1) == Tally(5, 3, 1, wrong_label=1)
