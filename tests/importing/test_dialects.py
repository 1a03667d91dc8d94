"""Every dialect by itself: its names are known, its examples come out, and each says where it was read."""

from __future__ import annotations

from functools import cache

import pytest

from roofsheet.problems import errors, render
from roofsheet.scenarios import Library
from roofsheet.scenarios.importing import Wanted, import_config
from roofsheet.scenarios.importing.dialects import Dialect, DialectExample
from roofsheet.scenarios.importing.shelf import COMMON, FORMATS, Shelf


def names() -> list[str]:
    return Shelf(Library([])).names()


@cache
def read(name: str) -> tuple[Dialect | None, Shelf]:
    shelf = Shelf(Library([]))
    return shelf.get(name), shelf


def examples() -> list[tuple[str, DialectExample]]:
    dialects = [(name, read(name)[0]) for name in names()]
    return [(name, example) for name, dialect in dialects if dialect for example in dialect.examples]


@pytest.mark.parametrize("name", [*names(), COMMON, FORMATS])
def test_a_dialect_says_what_it_is_about_and_where_that_was_read(name):
    dialect, _ = read(name)
    assert dialect is not None
    assert dialect.about.endswith(".")
    assert dialect.source
    assert dialect.url.startswith("https://")


@pytest.mark.parametrize("name", [*names(), COMMON, FORMATS])
def test_a_dialect_knows_all_that_it_names(name):
    dialect, shelf = read(name)
    wrong = errors(shelf.problems)
    assert dialect is not None
    assert not wrong, render(wrong)


@pytest.mark.parametrize("name", names())
def test_a_dialect_has_a_worked_example(name):
    dialect, _ = read(name)
    assert dialect is not None
    assert dialect.examples
    assert all("n_parameters" in example.gives for example in dialect.examples)


def test_a_model_type_is_read_by_one_dialect():
    types = [word for name in names() if (dialect := read(name)[0]) for word in dialect.model_types]
    assert len(types) == len(set(types))


@pytest.mark.parametrize(
    ("name", "example"), examples(), ids=[f"{name}: {example.about}" for name, example in examples()]
)
def test_an_example_comes_to_what_it_gives(name, example):
    found = import_config(example.config, Wanted("example", "2026-07-27"))
    assert found.entry is not None, render(found.problems)
    assert example.source
    for quantity, value in example.gives.items():
        assert found.counts[quantity] == int(value.text), quantity


def test_a_dialect_of_one_s_own_comes_before_the_bundled_ones(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "dialect: mine\nextends: llama\nabout: Llama under another name.\nmodel_types: [my_llama, llama]\n"
        "irrelevant: {it changes nothing: [zebra]}\n"
    )
    shelf = Shelf(Library([]), path)
    assert shelf.types["llama"] == shelf.types["my_llama"] == str(path)
    dialect = shelf.get(str(path))
    assert dialect is not None, render(shelf.problems)
    assert dialect.body.irrelevant["zebra"] == "it changes nothing"
    assert "num_key_value_heads" in dialect.body.keys


SMALL = (
    "{model_type: mine, hidden_size: 64, num_hidden_layers: 4, num_attention_heads: 4, intermediate_size: 128, "
    "vocab_size: 100}"
)


@pytest.mark.parametrize(
    ("config", "gives", "said"),
    [
        (
            SMALL,
            "{n_parameters: 1}",
            "mine.yaml:8:27: error[example]: the example gives n_parameters = 1, and its entry",
        ),
        (SMALL, "{n_parameter: 1}", "'n_parameter' is not counted"),
        (SMALL, "{n_parameters: 1.5}", "'n_parameters' is a whole number"),
        ("{model_type: mine, zebra: 1}", "{n_parameters: 1}", "mine.yaml:7:32: error[unknown]: 'zebra' is a number"),
        ("[1]", "{n_parameters: 1}", "mine.yaml:7:13: error[key]: the config of an example is a mapping"),
    ],
)
def test_a_dialect_of_one_s_own_whose_example_does_not_come_out_is_refused(config, gives, said, run, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "dialect: mine\nextends: llama\nabout: x.\nmodel_types: [mine]\nexamples:\n"
        f"  - about: a small one\n    config: {config}\n    gives: {gives}\n"
    )
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    result = run("import", "config.json", "--dialect", "mine.yaml")
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_dialect_is_no_file_to_audit_and_the_hint_says_what_reads_it(run, tmp_path):
    (tmp_path / "mine.yaml").write_text("dialect: mine\nabout: x.\n")
    result = run("audit", "mine.yaml")
    assert result.exit_code == 2
    assert "roofsheet import CONFIG.json --dialect FILE.yaml" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("keys: {a: conut}", "'is' is one of count"),
        ("keys: {a: {is: word}}", "has no 'of'"),
        ("extends: lama", "there is no dialect called lama"),
        ("facts: {hiden_size: hidden_size}", "no glossary has the name hiden_size"),
        ("facts: {hidden_size: hiden_size}", "hiden_size is neither a key of this dialect nor a word"),
        ("facts: {hidden_size: 4 byte}", "cannot be read"),
        ("facts: {hidden_size: '4[byte]'}", "has no units"),
        ("start: [embeding]", "there is no bundled sheet called embeding"),
        ("start: [./embeding.yaml]", "there is no file"),
        ("zebra: 1", "'zebra' is not a key of the dialect"),
    ],
)
def test_what_is_wrong_in_a_dialect_is_told_with_its_place(text, said, tmp_path):
    path = tmp_path / "mine.yaml"
    extends = "" if text.startswith("extends") else "extends: llama\n"
    path.write_text(f"dialect: mine\nabout: x.\nmodel_types: [mine]\n{extends}{text}\n")
    shelf = Shelf(Library([]), path)
    shelf.get(str(path))
    assert any(said in problem.message and problem.mark for problem in shelf.problems), render(shelf.problems)
