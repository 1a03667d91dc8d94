"""JSON with its marks: what is read, and what is refused with its place."""

from __future__ import annotations

import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.problems import Problem, render
from roofsheet.scenarios.importing.json_nodes import JsonList, JsonNode, JsonObject, JsonValue
from roofsheet.scenarios.importing.json_reader import parse_json, read_json


def plain(node: JsonNode) -> object:
    match node:
        case JsonValue(value):
            return value
        case JsonList(items):
            return [plain(item) for item in items]
        case JsonObject(members):
            return {key: plain(member.node) for key, member in members.items()}


def refusal(text: str) -> Problem:
    problems: list[Problem] = []
    assert parse_json(text, "config.json", problems) is None
    assert len(problems) == 1
    return problems[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(config=st.dictionaries(st.text(), JSON, max_size=6), indent=st.sampled_from([None, 0, 2]), plainly=st.booleans())
def test_what_json_writes_is_read_as_json_reads_it(config, indent, plainly):
    text = json.dumps(config, indent=indent, ensure_ascii=plainly)
    problems: list[Problem] = []
    root = parse_json(text, "config.json", problems)
    assert root is not None, render(problems)
    assert plain(root) == json.loads(text)


def test_each_key_and_value_knows_its_place():
    root = parse_json('{\n  "a": {"b": [1,\n    -2.5e3]}\n}', "x.json", [])
    assert root is not None
    member = root.find("a.b")
    assert member is not None
    assert (str(member.mark), member.mark.length) == ("x.json:2:9", 3)
    assert isinstance(member.node, JsonList)
    assert [str(item.mark) for item in member.node.items] == ["x.json:2:15", "x.json:3:5"]


def test_infinity_is_read_as_transformers_writes_it():
    root = parse_json('{"time_step_limit": [0.0, Infinity]}', "x.json", [])
    assert root is not None
    assert plain(root) == {"time_step_limit": [0.0, math.inf]}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "1:1", "the file is empty"),
        ("[1, 2]", "1:1", "not an object"),
        ('{"a": 1', "1:7", "the file ends too early: the { of line 1 is not closed"),
        ('{\n"a": [1,\n', "2:8", "the file ends too early: the [ of line 2 is not closed"),
        ('{"a": 1,}', "1:8", "a comma before the end of an object"),
        ('{"a": [1,]}', "1:9", "a comma before the end of a list"),
        ('{"a": 1 "b": 2}', "1:9", "a comma or '}' is missing"),
        ('{"a" 1}', "1:6", "a colon is missing"),
        ("{'a': 1}", "1:2", "a key in double quotes"),
        ('{"a": None}', "1:7", "'None' is no value of JSON"),
        ('{"a": 007}', "1:7", "'007' is no value of JSON"),
        ('{"a": "x}', "1:7", "a quote is missing"),
        ('{"a": 1}\n{}', "2:1", "goes on after its end"),
        ('{"a": 1, "a": 2}', "1:10", "'a' is already given in line 1"),
        ('{"a": ' + "9" * 101 + "}", "1:7", "a number of more than 100 digits"),
    ],
)
def test_what_is_no_json_is_refused_where_it_stops_being_so(text, place, said):
    problem = refusal(text)
    assert str(problem.mark) == f"config.json:{place}"
    assert said in problem.message


def test_every_beginning_of_a_config_is_refused_with_a_place():
    text = json.dumps({"model_type": "x", "sizes": [1, {"a": None}], "text": "a\\n\u00e9", "b": -1.5e3})
    for end in range(len(text)):
        assert refusal(text[:end]).mark is not None


def test_deep_and_wide_files_are_refused_quickly(tmp_path):
    start = time.process_time()
    assert "nested deeper" in refusal('{"a":' * 100_000).message
    path = tmp_path / "wide.json"
    path.write_text('{"a": [' + "1," * 600_000 + "1]}")
    problems: list[Problem] = []
    assert read_json(path, problems) is None
    assert "larger than" in problems[0].message
    one_line = '{"a": [' + "1," * 100_000 + "1]}"
    assert parse_json(one_line, "x.json", problems) is not None
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("data", "said"),
    [(b'{"a": "\xff"}', "not UTF-8"), ('{"a": 1}'.encode("utf-16"), "UTF-16"), (b"\x00\x01", "binary")],
)
def test_what_is_not_utf_8_is_refused(data, said, tmp_path):
    path = tmp_path / "config.json"
    path.write_bytes(data)
    problems: list[Problem] = []
    assert read_json(path, problems) is None
    assert said in problems[0].message
    assert read_json(tmp_path, problems) is None
    assert "is a folder" in problems[1].message
    assert read_json(tmp_path / "confg.json", problems) is None
    assert problems[2].hint == "near it: config.json"


def test_a_byte_order_mark_is_no_part_of_the_config(tmp_path):
    path = tmp_path / "config.json"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"a": 1}')
    root = read_json(path, [])
    assert root is not None
    assert plain(root) == {"a": 1}
