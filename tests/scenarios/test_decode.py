"""Marked nodes become declarations, and what does not fit the schema is a located problem."""

from __future__ import annotations

import time
from textwrap import dedent

import pytest

from roofsheet.graph.language.declarations import Entry, Formula, Glossary, Scenario, Sheet
from roofsheet.graph.language.expressions import Binary, Call, Cells, Lookup, Name, walk
from roofsheet.problems import Problem, Text
from roofsheet.scenarios.entries import decode_entry
from roofsheet.scenarios.reader import read_text
from roofsheet.scenarios.scenario_files import decode_scenario, sort_of
from roofsheet.scenarios.sheets import decode_glossary, decode_sheet
from roofsheet.scenarios.values import looks_like_value

DECODERS = {
    "glossary": decode_glossary,
    "sheet": decode_sheet,
    "hardware": decode_entry,
    "model": decode_entry,
    "scenario": decode_scenario,
}


def decode(text: str, file: str = "memory"):
    problems: list[Problem] = []
    node = read_text(dedent(text).lstrip("\n"), file, problems)
    assert node is not None
    assert problems == []
    sort = sort_of(node)
    assert sort is not None
    return DECODERS[sort](node, file, problems), problems


def well(text: str):
    found, problems = decode(text)
    assert problems == []
    assert found is not None
    return found


def sheet(text: str) -> Sheet:
    found = well("sheet: s\n" + dedent(text))
    assert isinstance(found, Sheet)
    return found


def entry(text: str) -> Entry:
    found = well(text)
    assert isinstance(found, Entry)
    return found


def scenario(text: str) -> Scenario:
    found = well("scenario: a title\n" + dedent(text))
    assert isinstance(found, Scenario)
    return found


def claims(text: str):
    return scenario("claims:" + text).claims  # the text keeps its indentation


def shown(formula: Formula | None) -> str:
    assert formula is not None
    return formula.text.text


def values(settings) -> dict[str, str]:
    assert all(name == text.text for name, (text, _) in settings.items())
    return {name: given.value.text for name, (_, given) in settings.items()}


# Sorts of file


@pytest.mark.parametrize("sort", DECODERS)
def test_a_file_is_told_by_its_key_wherever_it_stands(sort):
    node = read_text(f"about: x\n{sort}: y\n", "f", [])
    assert node is not None
    assert sort_of(node) == sort


def test_a_file_of_no_sort_is_told_to_be_none():
    node = read_text("scenaro: x\n", "f", [])
    assert node is not None
    assert sort_of(node) is None


# Sheets


def test_a_quantity_written_as_text_is_its_formula():
    quantity = sheet("quantities: {tpot: weight_bytes / memory_bandwidth}").quantities["tpot"]
    assert quantity.formula is not None
    assert quantity.formula.expr == Binary("/", Name("weight_bytes"), Name("memory_bandwidth"))
    assert quantity.name.mark.column == 14


def test_a_quantity_carries_all_that_is_said_of_it():
    quantity = sheet("""
        source: {w09: Williams 2009}
        quantities:
          ratio: {symbol: r, unit: '', about: a share, source: w09, formula: a / b}
        """).quantities["ratio"]
    assert (quantity.symbol, quantity.about, quantity.source) == ("r", "a share", "Williams 2009")
    assert quantity.unit is not None
    assert quantity.unit.text == ""


def test_a_default_is_a_value_or_a_formula():
    found = sheet("""
        quantities:
          a: {default: n_heads}
          b: {default: 2 byte}
          c: {default: 0}
          d: {default: {value: 0.9, kind: fitted, source: a paper, note: why}}
          e: {default: '2[byte] * a'}
          f: {}
        """).quantities
    defaults = {name: quantity.default for name, quantity in found.items() if quantity.default}
    formulas = {name: shown(default.formula) for name, default in defaults.items() if default.formula}
    givens = {name: default.value for name, default in defaults.items() if default.value}
    assert formulas == {"a": "n_heads", "e": "2[byte] * a"}
    assert {name: (given.value.text, given.kind, given.source) for name, given in givens.items()} == {
        "b": ("2 byte", "assumed", ""),
        "c": ("0", "assumed", ""),
        "d": ("0.9", "fitted", "a paper"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "2 byte",
        "0",
        "0.9",
        "1e9 parameter",
        "1,638,400 byte/token",
        "-3",
        "+1",
        ".5",
        "126TFLOPS",
        "50 %",
        "2 1/layer",
    ],
)
def test_a_number_alone_or_with_a_unit_is_a_value(text):
    assert looks_like_value(text)


@pytest.mark.parametrize(
    "text",
    [
        "n_heads",
        "bf16",
        "4[FLOP/pair]",
        "2 * n",
        "1/token",
        "2 if a else b",
        "3 % 2",
        "(1)",
        "-n",
        "2 > 1",
        "",
    ],
)
def test_anything_else_is_a_formula(text):
    assert not looks_like_value(text)


def test_choices_are_words_or_the_name_of_a_vocabulary():
    found = sheet("""
        quantities:
          bottleneck: {choices: [memory, compute], formula: memory if a < b else compute}
          compute_dtype: {choices: dtype}
          compute_rate: {unit: TFLOPS, by: [dtype, sparsity]}
        """).quantities
    assert [word.text for word in found["bottleneck"].choices] == ["memory", "compute"]
    assert found["compute_dtype"].vocabulary is not None
    assert found["compute_dtype"].vocabulary.text == "dtype"
    assert [word.text for word in found["compute_rate"].by] == ["dtype", "sparsity"]


def test_each_makes_a_column_of_every_word():
    columns = (
        sheet("""
        tables:
          operators:
            about: matrices
            columns:
              d_in: {default: 0}
              kind_of: {choices: [a, b]}
              $phase.flops:
                each: {phase: [prefill, decode]}
                unit: FLOP
                about: operations in $phase
                formula: "2[FLOP/token] * d_in * $phase.tokens * sum(operators[:].$phase.share)"
        """)
        .tables["operators"]
        .columns
    )
    assert list(columns) == ["d_in", "kind_of", "prefill.flops", "decode.flops"]
    assert [columns[name].required for name in ("d_in", "kind_of", "decode.flops")] == [False, True, False]
    decode_flops = columns["decode.flops"].quantity
    assert decode_flops.about == "operations in decode"
    assert decode_flops.formula is not None
    *_, tokens, total, column = walk(decode_flops.formula.expr)
    assert tokens == Name("decode.tokens")
    assert total == Call("sum", (column,))
    assert column == Cells("operators", "decode.share")
    assert shown(decode_flops.formula).startswith("2[FLOP/token] * d_in * $phase.tokens")


def test_each_of_two_variables_is_their_product():
    columns = (
        sheet("""
        tables:
          t:
            columns:
              $a.$b: {each: {a: [x, y], b: [v, w]}, formula: "rate[$a, $b]"}
        """)
        .tables["t"]
        .columns
    )
    assert list(columns) == ["x.v", "x.w", "y.v", "y.w"]
    formula = columns["y.v"].quantity.formula
    assert formula is not None
    assert formula.expr == Lookup("rate", (Name("y"), Name("v")))


def test_columns_told_together_are_listed_for_each_word():
    table = sheet("""
        tables:
          t:
            tells:
              - [size]
              - [size, $phase.time]
            columns:
              size: {default: 2}
              $phase.time: {each: {phase: [prefill, decode]}, unit: ms, default: 1 ms}
        """).tables["t"]
    assert table.tells == (("size",), ("size", "prefill.time"), ("size", "decode.time"))


def test_rows_give_cells_as_values_or_formulas():
    [row, other] = sheet("""
        rows:
          operators:
            qkv: {d_in: hidden_size, d_out: 128, decode.time: 2 ms, about: queries and more}
            out: {}
        """).rows
    assert (row.table.text, row.name.text, row.about) == ("operators", "qkv", "queries and more")
    assert shown(row.cells["d_in"][1].formula) == "hidden_size"
    assert row.cells["decode.time"][1].value is not None
    assert list(row.cells) == ["d_in", "d_out", "decode.time"]
    assert dict(other.cells) == {}


def test_checks_and_examples_are_read():
    found = sheet("""
        devices: one
        takes: [weight_bytes]
        checks:
          - {rule: n_kv_heads <= n_heads, severity: warning, why: heads share caches}
          - {rule: a > 0, why: none}
        examples:
          - about: the guide's card
            given: {weight_bytes: 64 GB, out.d_in: 4}
            gives: {tpot: 35.75 ms, bottleneck: memory}
            why_equal: small
        """)
    assert [(shown(check.rule), check.severity) for check in found.checks] == [
        ("n_kv_heads <= n_heads", "warning"),
        ("a > 0", "error"),
    ]
    [example] = found.examples
    assert values(example.given) == {"weight_bytes": "64 GB", "out.d_in": "4"}
    assert [(shown(claim.subject), claim.printed.text) for claim in example.gives] == [
        ("tpot", "35.75 ms"),
        ("bottleneck", "memory"),
    ]
    assert (example.about, example.why_equal, example.mark.line) == ("the guide's card", "small", 9)
    assert found.devices == "one"


def test_a_source_may_be_text_or_several_with_ids():
    assert sheet("source: Pope 2022").source == "Pope 2022"
    found = sheet("source: {mqa: 'Shazeer 2019', gqa: {title: Ainslie, url: https://x.org, read: 2026-07-27}}")
    assert dict(found.sources) == {"mqa": "Shazeer 2019", "gqa": "Ainslie (https://x.org, read 2026-07-27)"}
    assert found.source == "Shazeer 2019; Ainslie (https://x.org, read 2026-07-27)"


def test_the_glossary_is_read():
    found = well("""
        glossary: core
        about: names
        choices:
          dtype: {bf16: on tensor cores, fp32: plain}
        quantities:
          peak_compute: {symbol: C, unit: TFLOPS/device, about: Dense operations.}
          hidden_size: {unit: '', own: true}
        tables:
          operators: {sheet: ops, about: matrices}
        """)
    assert isinstance(found, Glossary)
    assert dict(found.choices["dtype"]) == {"bf16": "on tensor cores", "fp32": "plain"}
    assert found.words["fp32"].mark.line == 4
    assert [found.quantities[name].own for name in ("peak_compute", "hidden_size")] == [False, True]
    assert found.tables["operators"].sheet.text == "ops"


# Entries

CARD = """
hardware: card
title: A card
aliases: [the card, that card]
per: device
sources:
  paper: {title: The whitepaper, url: https://x.org/w.pdf, read: 2026-07-27}
  driver: {title: nvidia-smi, kind: measured}
facts:
  source: paper
  memory_bandwidth: 1792 GB/s
  memory_capacity: {value: 97887 MiB, source: driver, note: as reported}
  price: {value: 8000 USD, source: a shop in May, kind: claimed}
  compute_rate:
    note: peak
    values:
      bf16,  fp32, dense: 503.8 TFLOPS
      fp32, fp32, dense: {value: 126.0 TFLOPS, note: no tensor cores}
contradictions:
  - {quantity: compute_rate, key: 'bf16,fp32,dense', value: 251.9 TFLOPS, source: paper, note: half}
"""


def test_a_fact_rests_on_its_source_and_takes_its_kind():
    facts = entry(CARD).facts
    whitepaper = "The whitepaper (https://x.org/w.pdf, read 2026-07-27)"
    found = {name: (given.kind, given.source, given.note) for name, (_, given) in facts.items()}
    assert found == {
        "memory_bandwidth": ("datasheet", whitepaper, ""),
        "memory_capacity": ("measured", "nvidia-smi", "as reported"),
        "price": ("claimed", "a shop in May", ""),
        "compute_rate[bf16, fp32, dense]": ("datasheet", whitepaper, "peak"),
        "compute_rate[fp32, fp32, dense]": ("datasheet", whitepaper, "no tensor cores"),
    }


def test_a_keyed_fact_is_marked_at_its_own_value():
    name, given = entry(CARD).facts["compute_rate[bf16, fp32, dense]"]
    assert name.mark.line == 16
    assert given.value.mark.source.strip() == "bf16,  fp32, dense: 503.8 TFLOPS"


def test_the_rest_of_an_entry_is_read():
    found = entry(CARD)
    assert (found.sort, found.name, found.per_device) == ("hardware", "card", True)
    assert found.aliases == ("the card", "that card")
    assert found.sources["driver"] == "nvidia-smi"
    [contradiction] = found.contradictions
    assert contradiction.quantity.text == "compute_rate[bf16, fp32, dense]"
    assert (contradiction.value.text, contradiction.note) == ("251.9 TFLOPS", "half")


def test_a_model_has_groups_towers_a_stack_and_published_figures():
    found = entry("""
        model: m
        hf: org/m
        sources: {hub: {title: the hub}}
        use: [decoder]
        groups:
          dense: {use: [attention, gated], facts: {intermediate_size: 18432}}
        towers:
          vision: {use: encoder, facts: {hidden_size: 1152}, groups: {block: {use: [mha]}}, stack: 27 * block}
        stack: 3 * dense
        published:
          n_parameters: {value: 671026419200 parameter, source: hub, note: without scales}
          kv_bytes: 1 GB
        """)
    dense, vision = found.groups
    assert (dense.name.text, dense.tower, [use.text for use in dense.use]) == (
        "dense",
        False,
        ["attention", "gated"],
    )
    assert values(dense.facts) == {"intermediate_size": "18432"}
    assert vision.tower
    assert vision.stack is not None
    assert (vision.stack.text, vision.groups[0].name.text) == ("27 * block", "block")
    figure, other = found.published
    assert (figure.printed.text, figure.source, figure.why) == (
        "671026419200 parameter",
        "the hub",
        "without scales",
    )
    assert other.printed.text == "1 GB"


# Scenarios


def test_a_scenario_is_read():
    found = scenario("""
        source: {title: The guide, url: https://x.org, read: 2026-07-27}
        extends: other
        use: [guide, ./my.yaml]
        with: {hardware: card, model: ./m.yaml}
        compare: {model: m}
        set:
          peak_compute: 126.0 TFLOPS
          n_layers: {value: 80, kind: claimed, source: 'the guide, step 5', note: the config says 64}
          compute_rate[bf16,dense]: 1 TFLOPS
        override:
          arithmetic_intensity: {formula: a / b, source: s, about: t}
          tpot: c
        quantities: {extra: tpot * 2}
        cases:
          a100: {set: {memory_bandwidth: 2039 GB/s}}
        show: [ops_to_byte, a100.tpot]
        """)
    assert found.source == "The guide (https://x.org, read 2026-07-27)"
    assert found.extends is not None
    assert found.extends.text == "other"
    assert {sort: text.text for sort, text in found.bind.items()} == {"hardware": "card", "model": "./m.yaml"}
    assert list(found.compare) == ["model"]
    assert values(found.set) == {
        "peak_compute": "126.0 TFLOPS",
        "n_layers": "80",
        "compute_rate[bf16, dense]": "1 TFLOPS",
    }
    assert found.set["peak_compute"][1].kind == "assumed"
    assert found.set["n_layers"][1].kind == "claimed"
    assert [(item.name.text, shown(item.formula)) for item in found.override] == [
        ("arithmetic_intensity", "a / b"),
        ("tpot", "c"),
    ]
    assert found.body is not None
    assert list(found.body.quantities) == ["extra"]
    assert values(found.cases[0].set) == {"memory_bandwidth": "2039 GB/s"}
    assert [name.text for name in found.show] == ["ops_to_byte", "a100.tpot"]


def test_a_scenario_without_quantities_of_its_own_has_no_body():
    assert scenario("use: [guide]").body is None


def test_a_claim_may_be_a_number_a_list_or_a_mapping():
    found = claims("""
          ops_to_byte: 70.39 FLOP/byte
          a100.x / x: {printed: 4, expect: fails, why: truncated times, source: p. 3}
          max_tokens: {printed: '19,230 token', to: 10 token, given: {kv: 0.00052 GB/token}, mode: floor}
          kv: [524288 byte/token, {printed: 0.00052 GB/token, mode: about}]
        """)
    assert [(shown(claim.subject), claim.printed.text, claim.mode, claim.expect) for claim in found] == [
        ("ops_to_byte", "70.39 FLOP/byte", "round", "holds"),
        ("a100.x / x", "4", "round", "fails"),
        ("max_tokens", "19,230 token", "floor", "holds"),
        ("kv", "524288 byte/token", "round", "holds"),
        ("kv", "0.00052 GB/token", "about", "holds"),
    ]
    assert (found[1].why, found[1].source) == ("truncated times", "p. 3")
    assert values(found[2].given) == {"kv": "0.00052 GB/token"}
    assert found[2].quantum is not None
    assert found[2].quantum.text == "10 token"


def test_claims_may_be_a_list_that_names_its_subjects():
    [claim] = claims("\n  - {subject: a + b, printed: 3}")
    assert (shown(claim.subject), claim.printed.text) == ("a + b", "3")


def test_a_claim_that_fails_may_say_what_follows():
    found = claims("""
        tpot: {printed: 45 ms, expect: fails, why: a slip, follows: 35 ms}
        ttft: {over: {n: [1, 2]}, printed: [1, 2], follows: [3, 4], unit: ms, expect: fails, why: slips}
        """)
    assert [claim.follows and claim.follows.text for claim in found] == ["35 ms", "3", "4"]


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("{printed: 45 ms, follows: 35 ms}", "'follows' in the claim on 'tpot', which is expected to hold: it says"),
        (
            "{over: {n: [1, 2]}, printed: [1, 2], follows: [3], unit: ms, expect: fails, why: slips}",
            "'follows' has 1 values, but 2 numbers are printed",
        ),
    ],
)
def test_what_follows_is_said_of_what_fails(claim: str, message: str):
    _, problems = decode(f"scenario: s\nclaims: {{tpot: {claim}}}")
    assert any(problem.message.startswith(message) for problem in problems)


def test_claims_from_one_place_stand_together():
    found = claims("""
        - source: Table 1
          claims:
            tpot: 23 ms
            ttft: {printed: 39 ms, source: Table 2}
        - {subject: a / b, printed: 4}
        """)
    assert [(shown(claim.subject), claim.source) for claim in found] == [
        ("tpot", "Table 1"),
        ("ttft", "Table 2"),
        ("a / b", ""),
    ]


def test_what_is_set_may_rest_on_one_source_together():
    found = scenario("""
        source: {guide: {title: The guide, url: https://x.org}}
        set:
          kind: claimed
          source: guide
          n_layers: 80
          tpot: {value: 3 ms, kind: measured, source: a stopwatch}
        cases:
          a100: {set: {source: 'the guide, step 5', n_layers: 4}}
        """)
    given = found.set["n_layers"][1]
    assert (given.kind, given.source) == ("claimed", "The guide (https://x.org)")
    given = found.set["tpot"][1]
    assert (given.kind, given.source) == ("measured", "a stopwatch")
    given = found.cases[0].set["n_layers"][1]
    assert (given.kind, given.source) == ("assumed", "the guide, step 5")


def test_a_claim_table_is_one_claim_for_each_number():
    first, second = claims("""
          step_time:
            over: {batch_size: [1, 8], n: [2, 3]}
            printed: [4.98 ms, 12.13 ms]
            given: {c: 5}
            mode: about
        """)
    assert [claim.printed.text for claim in (first, second)] == ["4.98 ms", "12.13 ms"]
    assert values(first.given) == {"c": "5", "batch_size": "1", "n": "2"}
    assert values(second.given) == {"c": "5", "batch_size": "8", "n": "3"}
    assert second.mode == "about"
    assert second.printed.mark.line == 5


# What is refused: the text, and for each problem its kind, place, and words of its message and hint

REFUSED = [
    ("sheet: s\nquantites: {}", "key", (2, 1), "'quantites' is not a key of the sheet", "quantities"),
    ("sheet: s\nzzz: 1", "key", (2, 1), "'zzz' is not a key", "its keys are sheet, about"),
    ("about: x\nsheet:\n", "key", (2, 1), "'sheet' of the sheet has nothing after it", ""),
    ("sheet: s\nquantities:\n  tpot:\n", "key", (3, 3), "'tpot' of 'quantities' of the sheet has nothing", ""),
    ("sheet: s\nquantities: [a]", "key", (2, 13), "is a list, not a mapping", ""),
    ("sheet: s\nquantities: text", "key", (2, 13), "is text, not a mapping", ""),
    ("sheet: s\nquantities:\n", "key", (2, 1), "has nothing after it", ""),
    ("sheet: s\ntakes: [a, [b]]", "key", (2, 12), "an item of 'takes' of the sheet is a list", ""),
    ("sheet: s\ntakes: [a-b]", "name", (2, 9), "'a-b' is not a name", ""),
    ("sheet: s\ndevices: two", "key", (2, 10), "'devices'", ""),
    ("sheet: s\nquantities: {a: {unit: '', formla: b}}", "key", (2, 28), "'formla' is not a key", "formula"),
    ("sheet: s\nquantities: {a: {unit: , formula: b}}", "key", (2, 18), "'unit' of quantity 'a'", ""),
    ("sheet: s\nquantities: {a: {formula: [b]}}", "key", (2, 27), "is a list, not a formula", "quote"),
    ("sheet: s\nquantities: {a: {formula: b +}}", "syntax", (2, 29), "the formula cannot be read", ""),
    ("sheet: s\nquantities:\n  a: b + # c", "syntax", (3, 8), "cannot be read", "' #' starts a comment"),
    ("sheet: s\nquantities: {a: {formula: b, default: c}}", "key", (2, 39), "both 'formula' and 'default'", ""),
    ("sheet: s\nquantities: {a: {unit: s, choices: [b]}}", "key", (2, 36), "both 'choices' and 'unit'", ""),
    ("sheet: s\nquantities: {lambda: b}", "name", (2, 14), "'lambda' is a reserved word", ""),
    ("sheet: s\nquantities: {min: b}", "name", (2, 14), "'min' is a function", ""),
    ("sheet: s\nquantities: {_a: b}", "name", (2, 14), "'_a' is not a name", ""),
    ("sheet: s\nquantities: {a.b: c}", "name", (2, 14), "'a.b' is not a name", ""),
    ("sheet: s\nquantities: {a: $b.c}", "name", (2, 17), "'$b' is not declared", ""),
    ("sheet: s\ntables: {t: {about: x}}", "key", (2, 13), "table 't' has no 'columns'", ""),
    ("sheet: s\ntables: {t: {columns: {$p.a: {formula: b}}}}", "name", (2, 24), "'each' does not say", ""),
    (
        "sheet: s\ntables: {t: {columns: {$p.a: {each: {p: [x], q: [y]}, formula: b}}}}",
        "key", (2, 46), "'$q' does not stand in", "",
    ),
    (
        "sheet: s\ntables: {t: {columns: {$p.a: {each: {p: x}, formula: b}}}}",
        "key", (2, 41), "'p' of 'each' is not a list of words", "",
    ),
    (
        "sheet: s\ntables: {t: {columns: {$p.a: {each: {p: [x]}, formula: $q.b}}}}",
        "name", (2, 56), "'$q' is not declared", "",
    ),
    (
        "sheet: s\ntables: {t: {columns: {x.a: {}, $p.a: {each: {p: [x]}}}}}",
        "duplicate", (2, 33), "column 'x.a' is already declared in line 2", "",
    ),
    ("sheet: s\nrows: {t: {in: {}}}", "name", (2, 12), "'in' is a reserved word", ""),
    ("sheet: s\nrows: {t: {r: x}}", "key", (2, 15), "row 'r' is text, not a mapping", ""),
    ("sheet: s\nrows: {t: {r: {a.if: 1}}}", "name", (2, 16), "reserved", ""),
    ("sheet: s\nchecks: [{rule: a > 0}]", "key", (2, 10), "a check has no 'why'", ""),
    ("sheet: s\nchecks: [{rule: a, why: b, severity: eror}]", "key", (2, 38), "not 'eror'", "error"),
    ("sheet: s\nexamples: [{about: a}]", "key", (2, 12), "an example has no 'gives'", ""),
    ("glossary: g\nquantities: {a: {default: 1}}", "key", (2, 18), "'default' is not a key", ""),
    ("glossary: g\nquantities: {a: b}", "key", (2, 17), "is text, not a mapping", ""),
    ("glossary: g\nchoices: {d: {1x: a}}", "name", (2, 15), "'1x' is not a name", ""),
    ("glossary: g\ntables: {t: {about: a}}", "key", (2, 13), "table 't' has no 'sheet'", ""),
    ("hardware: h\nfacts: {a: {kind: claimed}}", "key", (2, 12), "'a' has no 'value'", ""),
    ("hardware: h\nfacts: {a: {value: 1, kind: gess}}", "key", (2, 29), "not 'gess'", ""),
    ("hardware: h\nfacts: {a: {value: 1, source: papr}}", "key", (2, 31), "no source is called 'papr'", "list it"),
    (
        "hardware: h\nsources: {paper: P}\nfacts: {a: {value: 1, source: papr}}",
        "key", (3, 31), "no source is called 'papr'", "did you mean paper?",
    ),
    ("hardware: h\nsources: {p: {url: u}}", "key", (2, 14), "source 'p' has no 'title'", ""),
    ("hardware: h\nfacts: {a: {values: {'b, 1c': 1}}}", "name", (2, 22), "'1c' is not a name", "words of choices"),
    (
        "hardware: h\nfacts: {a: {values: {'b, c': 1, 'b,c': 2}}}",
        "duplicate", (2, 33), "'a[b, c]' is already given in line 2", "",
    ),
    ("hardware: h\nper: chip", "key", (2, 6), "'per'", ""),
    ("hardware: h\nstack: a", "key", (2, 1), "'stack' is not a key of the hardware entry", ""),
    ("hardware: h\ncontradictions: [{quantity: a, value: 1}]", "key", (2, 18), "has no 'source'", ""),
    (
        "model: m\ngroups: {a: {use: b}}\ntowers: {a: {use: b}}",
        "duplicate", (3, 10), "'a' is already a scope in line 2", "",
    ),
    ("model: m\ngroups: {a: {stack: b}}", "key", (2, 14), "'stack' is not a key of group 'a'", ""),
    ("model: m\npublished: {a: {value: 1, printed: 1}}", "key", (2, 27), "'printed' is not a key", ""),
    ("scenario: s\nset:\n  tpot:\n", "key", (3, 3), "'tpot' of 'set' of the scenario has nothing after it", ""),
    ("scenario: s\nset: {a: [1]}", "key", (2, 10), "'a' is a list, not text", ""),
    ("scenario: s\nset: {'a[b': 1}", "name", (2, 7), "is not a name", ""),
    ("scenario: s\nset: {'a[b,c]': 1, 'a[b, c]': 2}", "duplicate", (2, 20), "already given in line 2", ""),
    ("scenario: s\nset: {a: {value: , note: x}}", "key", (2, 11), "'value' of 'a' has nothing after it", ""),
    ("scenario: s\nwith: {hardwar: h}", "key", (2, 8), "'hardwar' is not a key", "hardware"),
    ("scenario: s\noverride: {a: {about: b}}", "key", (2, 15), "has no 'formula'", ""),
    ("scenario: s\ncases: {a: {use: b}}", "key", (2, 13), "'use' is not a key of case 'a'", ""),
    ("scenario: s\nclaims: text", "key", (2, 9), "is text, not a mapping", ""),
    ("scenario: s\nclaims: {a +: 1}", "syntax", (2, 12), "cannot be read", ""),
    ("scenario: s\nclaims:\n  a:\n", "key", (3, 3), "has nothing after it", ""),
    ("scenario: s\nclaims: {a: {mode: round}}", "key", (2, 13), "the claim on 'a' has no 'printed'", ""),
    ("scenario: s\nclaims: {a: {printed: 1, mode: flor}}", "key", (2, 32), "not 'flor'", "floor"),
    ("scenario: s\nclaims: {a: {printed: 1, expect: fails}}", "key", (2, 13), "has no 'why'", ""),
    ("scenario: s\nclaims: {a: {printed: [1, 2]}}", "key", (2, 23), "several numbers are 'printed'", "over"),
    (
        "scenario: s\nclaims: {a: {over: {b: [1, 2]}, printed: [1,638 ms, 2 ms]}}",
        "key", (2, 21), "'b' has 2 values, but 3 numbers are printed", "a comma in it needs quotes",
    ),
    ("scenario: s\nclaims: {a: {over: {b: 1}, printed: [1]}}", "key", (2, 24), "'b' of 'over' is text", ""),
    (
        "scenario: s\nclaims: {a: {over: {b: [1]}, printed: [1], given: {b: 2}}}",
        "duplicate", (2, 21), "'b' stands in 'given' and in 'over'", "",
    ),
    ("scenario: s\nclaims: [{printed: 1}]", "key", (2, 10), "a claim has no 'subject'", ""),
    ("scenario: s\nshow: [a-b]", "name", (2, 8), "'a-b' is not a name", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "where", "message", "hint"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_does_not_fit_the_schema_is_one_problem_at_its_place(text, kind, where, message, hint):
    _, problems = decode(text)
    [problem] = problems
    assert problem.mark is not None
    assert (problem.kind, (problem.mark.line, problem.mark.column)) == (kind, where)
    assert message in problem.message
    assert hint in problem.hint


def test_a_file_without_its_name_is_nothing():
    found, problems = decode("about: x\nscenario:\n")
    assert found is None
    assert len(problems) == 1


def test_a_sheet_is_called_as_its_file():
    _, [problem] = decode("sheet: s", "sheets/other.yaml")
    assert (problem.kind, problem.mark and problem.mark.column) == ("name", 8)
    assert "'other.yaml'" in problem.message
    assert decode("sheet: s", "sheets/s.yaml")[1] == []


def test_all_problems_of_a_file_are_told():
    _, problems = decode("""
        scenario: s
        sets: {}
        set: {1a: 2, b: [1]}
        claims: {c: {printed: 1, mode: no}}
        show: [lambda]
        """)
    assert [problem.mark.line for problem in problems if problem.mark] == [2, 3, 3, 4, 5]


@pytest.mark.parametrize(
    "text",
    [
        "sheet: s\n" + "".join(f"k{n}: 1\n" for n in range(14_000)),
        "sheet: s\nquantities:\n" + "".join(f"  a{n}: b +\n" for n in range(14_000)),
        "scenario: s\nset:\n" + "".join(f"  1{n}: 1\n" for n in range(14_000)),
        "sheet: s\ntables: {t: {columns: {$a: {each: {a: [" + "x," * 20_000 + "]}, formula: $a}}}}",
        "sheet: s\nquantities: {a: {formula: '" + "(" * 100_000 + "'}}",
    ],
    ids=["unknown keys", "broken formulas", "bad names", "a wide column", "a deep formula"],
)
def test_a_hostile_file_ends_soon_in_few_problems(text):
    start = time.process_time()
    _, problems = decode(text)
    assert time.process_time() - start < 5  # it tells a hang and no busy machine
    assert 1 <= len(problems) <= 101


def test_a_text_keeps_its_place_through_decoding():
    found = scenario("set:\n  peak: {value: 126.0 TFLOPS}\n").set["peak"][1].value
    assert isinstance(found, Text)
    assert found.at(6, 12).column == 23
