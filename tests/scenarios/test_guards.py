"""Guards of names: what a sheet may read, hide and replace, and which fact reaches where."""

from __future__ import annotations

import pytest

from roofsheet.scenarios import Library, Loaded, load

GLOSSARY = """
glossary: own
choices: {wood: {oak: hard, pine: soft}, finish: {raw: as sawn, oiled: twice}}
quantities:
  n_planks: {unit: '', about: how many}
  price: {unit: USD, by: [wood, finish], about: of one plank}
  timber: {choices: wood, about: what it is made of}
  coat: {choices: finish, about: what is on it}
tables:
  parts: {sheet: ./parts.yaml, about: what it is made of}
"""
PARTS = "sheet: parts\ntables: {parts: {columns: {size: {default: 1}}}}"
PRICES = "set: {n_planks: 3, timber: oak, coat: raw, 'price[oak, raw]': 2 USD}"


@pytest.fixture
def write(tmp_path):
    """Writes files (`a__x` is a/x.yaml) beside the glossary, and loads scenario.yaml."""

    def written(*sets: str, **files: str) -> Loaded:
        for name, text in {"glossary": GLOSSARY, "parts": PARTS, **files}.items():
            path = tmp_path / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return load(str(tmp_path / "scenario.yaml"), sets)

    return written


def said(loaded: Loaded) -> list[tuple[str, str]]:
    return [(problem.kind, problem.message) for problem in loaded.problems]


# What a sheet may read


def test_a_sheet_reads_what_the_sheet_it_uses_gives_and_not_what_another_of_that_name_gives(write):
    files = {
        "a__same": "sheet: same\nquantities: {left: {default: 2}}",
        "b__same": "sheet: same\nquantities: {right: {default: 3}}",
        "scenario": "scenario: x\nuse: [./reader.yaml, ./b/same.yaml]\nshow: [answer]",
    }
    reader = "sheet: reader\nuse: [./a/same.yaml]\nquantities: {{answer: 10 * {name}}}"
    assert write(**files, reader=reader.format(name="left")).workbook.number("answer") == 20
    assert said(write(**files, reader=reader.format(name="right"))) == [
        ("takes", "right is neither given by the sheet reader nor taken by it")
    ]


def test_a_keyed_input_that_a_sheet_takes_is_not_read_without_a_key(write):
    sheet = "sheet: reader\nuse: [./glossary.yaml]\ntakes: [price]\nquantities: {cost: {unit: USD, formula: 2 * price}}"
    loaded = write(reader=sheet, scenario=f"scenario: x\nuse: [./reader.yaml]\n{PRICES}")
    assert said(loaded) == [("choice", "price is a keyed input: say which of its values")]
    assert loaded.problems[0].hint == "price[wood, finish]"


def test_keys_in_the_wrong_order_are_refused_before_anything_is_computed(write):
    loaded = write(
        scenario=f"scenario: x\nuse: [./glossary.yaml]\n{PRICES}\n"
        "quantities: {cost: {unit: USD, formula: 'price[coat, timber]'}}"
    )
    assert [kind for kind, _ in said(loaded)] == ["choice"]
    assert loaded.problems[0].message == "cost: price has no value for oiled or raw"


def test_a_fact_that_only_a_check_of_the_scenario_reads_is_bound(write):
    loaded = write(
        pile="hardware: pile\nfacts: {n_planks: 4}",
        scenario="scenario: x\nuse: [./glossary.yaml]\nwith: {hardware: ./pile.yaml}\n"
        "checks: [{rule: n_planks > 2, why: a table has a top}]",
    )
    assert loaded.problems == ()
    assert [holds for _, holds in loaded.workbook.rules()] == [True]


# What stands for two things


def test_a_column_named_like_a_word_of_a_choice_is_refused(write):
    parts = PARTS.replace("size: {default: 1}", "oak: {default: 1}, twice: 2 * oak")
    loaded = write(
        parts=parts, scenario="scenario: x\nuse: [./glossary.yaml, ./parts.yaml]\nquantities: {timber: {default: oak}}"
    )
    assert said(loaded)[0] == ("choice", "oak is a word of a choice here: it cannot be a name as well")


def test_a_row_is_not_called_like_a_scope_of_the_model(write):
    model = "model: net\nuse: [./parts.yaml]\ngroups: {dense: {use: [./layer.yaml]}}\nstack: 2 * dense"
    loaded = write(
        net=model,
        layer="sheet: layer\nuse: [./parts.yaml, ./glossary.yaml]\nquantities: {size: {default: 5}}",
        scenario="scenario: x\nuse: [model]\nwith: {model: ./net.yaml}\nrows: {parts: {dense: {size: 2}}}",
    )
    assert said(loaded) == [("table", "dense is already a name here: a row's name stands once in its scope")]


def test_a_unit_where_the_glossary_has_a_plain_number_is_refused(write):
    loaded = write(
        reader="sheet: reader\nuse: [./glossary.yaml]\nquantities: {n_planks: {unit: ms, default: 2 ms}}",
        scenario="scenario: x\nuse: [./reader.yaml]",
    )
    assert ("glossary", "the glossary says that n_planks is in plain numbers") in said(loaded)


@pytest.mark.parametrize("key", ["shadows", "replaces"])
def test_a_name_that_a_sheet_hides_or_replaces_is_one_that_it_gives(write, key):
    loaded = write(
        reader=f"sheet: reader\n{key}: [coots]\nquantities: {{coats: {{default: 2}}}}",
        scenario="scenario: x\nuse: [./reader.yaml]",
    )
    assert said(loaded) == [(key, f"the sheet reader {key} coots, but gives no such name")]
    assert loaded.problems[0].hint == "did you mean coats?"


def test_two_sheets_that_replace_each_other_are_refused(write):
    first = "sheet: first\nreplaces: [coats]\nquantities: {coats: {default: 2}}"
    loaded = write(
        first=first, second=first.replace("first", "second"), scenario="scenario: x\nuse: [./first.yaml, ./second.yaml]"
    )
    assert [kind for kind, _ in said(loaded)] == ["duplicate"]


BASE = "sheet: base\nquantities: {coats: {default: 1}}"
OVER = "sheet: {}\nuse: [./{}.yaml]\nreplaces: [coats]\nquantities: {{coats: {{default: {}}}}}"


@pytest.mark.parametrize("order", ["./last.yaml", "./first.yaml, ./last.yaml", "./last.yaml, ./first.yaml"])
@pytest.mark.parametrize("between", ["first", "other"])
def test_of_two_sheets_that_replace_a_name_the_one_that_uses_the_other_stands(write, order, between):
    """Whatever order they are named in, and whether it uses the other itself or by a third that says nothing of it."""
    loaded = write(
        base=BASE,
        first=OVER.format("first", "base", 2),
        other="sheet: other\nuse: [./first.yaml]\nquantities: {nails: {default: 7}}",
        last=OVER.format("last", between, 3),
        scenario=f"scenario: x\nuse: [{order}]",
    )
    assert loaded.workbook is not None, loaded.problems
    assert loaded.workbook.number("coats") == 3
    assert loaded.workbook.definition("coats").sheet == "last"


def test_of_two_that_replace_a_name_and_do_not_use_each_other_none_stands(write):
    """Not even where both are written over the same sheet."""
    loaded = write(
        base=BASE,
        first=OVER.format("first", "base", 2),
        last=OVER.format("last", "base", 3),
        scenario="scenario: x\nuse: [./first.yaml, ./last.yaml]",
    )
    assert [kind for kind, _ in said(loaded)] == ["duplicate"]


# One library for many scenarios


def test_what_is_wrong_with_one_scenario_is_not_told_of_the_next(tmp_path):
    broken, fine = tmp_path / "broken.yaml", tmp_path / "fine.yaml"
    broken.write_text("scenario: x\nquantities: {a: 2 *}")
    fine.write_text("scenario: y\nquantities: {a: 2 * 3}")
    library = Library([])
    first, second, again = (load(str(path), library=library) for path in (broken, fine, broken))
    assert [kind for kind, _ in said(first)] == ["syntax"]
    assert second.problems == ()
    assert again.problems == first.problems
