"""A made-up model of two layer groups and a tower: tables and scopes, tried where every number can be done by hand."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from roofsheet.problems import Problem, render
from roofsheet.scenarios import Loaded, load

MADE_UP = Path(__file__).parents[1] / "made_up"
SHEETS = sorted((MADE_UP / "sheets").glob("*.yaml"))


def listed(key: str) -> list[tuple[str, str]]:
    """Every (sheet, name) that the made-up sheets list under `takes` or `shadows`."""
    return [(path.stem, name) for path in SHEETS for name in yaml.safe_load(path.read_text()).get(key, [])]


class Folder:
    """A copy of the made-up model to be spoiled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.path / file
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} does not stand once in {file}"
        path.write_text(text.replace(old, new))

    def unlist(self, sheet: str, key: str, name: str) -> None:
        path = self.path / "sheets" / f"{sheet}.yaml"
        line = next(line for line in path.read_text().splitlines() if line.startswith(f"{key}: ["))
        names = [each for each in re.findall(r"\w+", line.partition("[")[2]) if each != name]
        self.edit(f"sheets/{sheet}.yaml", line, f"{key}: [{', '.join(names)}]")

    def write(self, file: str, text: str) -> None:
        (self.path / file).write_text(text)

    def load(self, *sets: str) -> Loaded:
        return load(str(self.path / "scenario.yaml"), sets)

    def problems(self, kind: str) -> list[Problem]:
        loaded = self.load()
        assert loaded.workbook is None
        return [problem for problem in loaded.problems if problem.kind == kind]

    def problem(self, kind: str) -> Problem:
        (problem,) = self.problems(kind)
        return problem


@pytest.fixture
def folder(tmp_path):
    return Folder(Path(shutil.copytree(MADE_UP, tmp_path / "made_up")))


@pytest.fixture(scope="module")
def workbook():
    loaded = load(str(MADE_UP / "scenario.yaml"))
    assert loaded.problems == ()
    assert loaded.workbook is not None
    return loaded.workbook


def place(problem: Problem) -> tuple[str, str]:
    """The name of the problem's file, and the text that its caret underlines."""
    mark = problem.mark
    assert mark is not None
    return Path(mark.file).name, mark.source[mark.column - 1 : mark.column - 1 + mark.length]


# The model by hand: (group, layers, rows), a row being (inputs, outputs, stored, passed by a token, read by a step).

HEADS, WIDTH, WORDS, SEQUENCES, PROMPT, IMAGES, PATCHES = 6, 96, 1000, 2, 7, 5, 25


def attention(kv_heads: int) -> list[tuple[float, ...]]:
    return [(WIDTH, (HEADS + 2 * kv_heads) * 16, 1, 1, 1, 1), (HEADS * 16, WIDTH, 1, 1, 1, 1)]


def rows_by_hand() -> dict[str, tuple[int, list[tuple[float, ...]]]]:
    feed_forward = [(WIDTH, 384, 1, 1, 1, 1), (384, WIDTH, 1, 1, 1, 1)]
    visits = min(10, 3 * SEQUENCES * PROMPT), min(10, 3 * SEQUENCES)
    experts = [(WIDTH, 10, 1, 1, 1, 1), (WIDTH, 2 * 64, 10, 3, *visits)]
    return {
        "start": (1, [(WORDS, WIDTH, 1, 0, 1, 1)]),
        "wide": (2, [*attention(2), *feed_forward]),
        "narrow": (3, [*attention(1), *experts]),
        "finish": (1, [(WIDTH, WORDS, 1, 1, 1, 1)]),
        "vision.start": (1, [(48, 40, 1, 1, 1, 1)]),
        "vision.block": (4, [(40, 80, 1, 1, 1, 1), (80, 40, 1, 1, 1, 1)]),
    }


def parameters_by_hand(prefix: str = "") -> float:
    return sum(
        layers * row[0] * row[1] * row[2]
        for group, (layers, rows) in rows_by_hand().items()
        if group.startswith(prefix)
        for row in rows
    )


def time_by_hand(phase: int, prefix: str = "") -> float:
    """Microseconds of the prompt step (0) or an output step (1), at 1 TFLOPS and 2 GB/s with 2 bytes a parameter."""
    total = 0.0
    for group, (layers, rows) in rows_by_hand().items():
        tower = group.startswith("vision")
        tokens = (IMAGES * PATCHES, 0)[phase] if tower else (SEQUENCES * PROMPT, SEQUENCES)[phase]
        for d_in, d_out, _, used, *touched in rows:
            flops = 2 * used * d_in * d_out * tokens * layers
            moved = 2 * touched[phase] * d_in * d_out * layers if tokens else 0
            total += max(flops / 1e12, moved / 2e9) * 1e6 if group.startswith(prefix) else 0
    return total


# What it computes


def test_parameters_are_the_sum_by_hand_over_groups_and_tower(workbook):
    assert workbook.number("n_parameters") == parameters_by_hand() == 852_160


def test_the_times_of_both_steps_are_the_sums_by_hand(workbook):
    assert workbook.number("prompt_time") == pytest.approx(time_by_hand(0))
    assert workbook.number("step_time") == pytest.approx(time_by_hand(1))


def test_a_sum_in_a_tower_covers_the_tower_alone(workbook):
    assert workbook.number("vision.tower_parameters") == parameters_by_hand("vision") == 27_520
    assert workbook.number("vision.tower_time") == pytest.approx(time_by_hand(0, "vision"))
    assert all(name.startswith("vision.") for name in workbook.precedents("vision.tower_parameters"))


def test_the_largest_row_is_found_in_whichever_group_it_stands(workbook):
    assert workbook.number("largest_matrix") == 3 * 10 * 96 * 128


def test_another_table_sums_its_own_rows_alone(workbook):
    per_layer = {"wide": 2 * 2 * 16 * 2, "narrow": 2 * 1 * 16 * 2}
    assert workbook.number("kv_bytes_per_token") == 2 * per_layer["wide"] + 3 * per_layer["narrow"] == 448
    assert workbook.precedents("kv_bytes_per_token") == ("wide.kv.bytes", "narrow.kv.bytes")


@pytest.mark.parametrize(("group", "layers"), [(group, layers) for group, (layers, _) in rows_by_hand().items()])
def test_the_layers_of_a_group_are_its_count_in_the_stack(workbook, group, layers):
    assert workbook.number(f"{group}.n_layers") == layers
    assert workbook.definition(f"{group}.n_layers").kind == "derived"


def test_a_sum_over_a_tower_s_rows_can_be_taken_from_outside(tmp_path):
    path = tmp_path / "text.yaml"
    path.write_text(
        f"scenario: the text model alone\nextends: {MADE_UP / 'scenario.yaml'}\n"
        "quantities:\n  text_parameters:\n    unit: parameter\n"
        "    formula: sum(products[:].parameters) - sum(vision.products[:].parameters)\n"
    )
    loaded = load(str(path))
    assert loaded.workbook is not None, render(loaded.problems)
    everything = loaded.workbook.number("n_parameters")
    assert loaded.workbook.number("text_parameters") == everything - 27_520


def test_the_tower_has_its_own_width_and_tokens(workbook):
    assert workbook.number("hidden_size") == 96
    assert workbook.number("vision.block.up.d_in") == workbook.number("vision.hidden_size") == 40
    assert workbook.number("vision.block.up.prefill.tokens") == IMAGES * PATCHES
    assert workbook.number("wide.up.prefill.tokens") == SEQUENCES * PROMPT


def test_a_group_takes_its_own_fact_before_that_of_the_model(workbook):
    assert workbook.number("wide.up.d_out") == 384
    assert workbook.number("narrow.expert.d_out") == 2 * 64


def test_a_column_over_each_phase_is_one_column_for_each(workbook):
    assert workbook.word("vision.block.up.decode.habit") == "resting"
    assert workbook.word("wide.up.decode.habit") == "reading"
    assert {workbook.definition(f"wide.up.{phase}.flops").cell.column for phase in ("prefill", "decode")} == {
        "prefill.flops",
        "decode.flops",
    }


def test_its_claims_and_published_figures_are_found(workbook):
    subjects = [claim.spec.subject.text.text for claim in load(str(MADE_UP / "scenario.yaml")).claims]
    assert subjects == ["kv_bytes_per_token", "n_parameters"]


# Following it across scopes


def test_precedents_and_dependents_cross_scopes(workbook):
    assert set(workbook.precedents("wide.up.parameters")) == {
        "wide.up.d_in", "wide.up.d_out", "wide.up.matrices", "wide.n_layers",
    }  # fmt: skip
    assert workbook.dependents("hidden_size") == (
        "start.embed.d_out", "wide.qkv.d_in", "wide.out.d_out", "wide.up.d_in", "wide.down.d_out",
        "narrow.qkv.d_in", "narrow.out.d_out", "narrow.router.d_in", "narrow.expert.d_in", "finish.words.d_in",
    )  # fmt: skip
    assert not any("vision" in name for name in workbook.dependents("hidden_size"))


def test_what_rests_on_the_towers_width_is_in_the_tower_or_a_total(workbook):
    deep = workbook.dependents("vision.hidden_size", deep=True)
    outside = {name for name in deep if not name.startswith("vision.")}
    assert outside == {"n_parameters", "largest_matrix", "prompt_time", "step_time"}


def test_a_path_leads_from_a_groups_fact_to_a_total(workbook):
    assert workbook.path("narrow.n_specialists", "n_parameters") == (
        "narrow.n_specialists", "narrow.router.d_out", "narrow.router.parameters", "n_parameters",
    )  # fmt: skip
    assert workbook.path("vision.hidden_size", "wide.up.parameters") == ()


def test_provenance_ends_at_the_inputs_that_the_branch_taken_rests_on(workbook):
    deep = {each.name for each in workbook.provenance("vision.block.up.decode.bytes")}
    assert deep == {"vision.decode_tokens"}
    assert "bytes_per_parameter" in {each.name for each in workbook.provenance("wide.up.decode.bytes")}


def test_setting_one_groups_fact_computes_that_groups_rows_alone(workbook):
    copy = workbook.copy()
    copy.number("n_parameters")
    copy.log = []
    copy["narrow.ffn_width"] = 70
    assert copy.number("n_parameters") == parameters_by_hand() + 3 * 10 * 96 * 2 * 6
    assert copy.log == ["narrow.expert.d_out", "narrow.expert.parameters", "n_parameters"]


# Cases and settings of scoped names


def test_a_case_changes_a_group_and_the_totals_and_nothing_else(folder):
    folder.edit("scenario.yaml", "show: [", "cases: {broad: {set: {narrow.ffn_width: 70}}}\nshow: [")
    workbook = folder.load().workbook
    assert workbook is not None
    assert workbook.number("broad.n_parameters") == 852_160 + 3 * 10 * 96 * 2 * 6
    assert workbook.number("n_parameters") == 852_160
    assert workbook.number("broad.vision.tower_parameters") == 27_520  # unchanged: the top level's
    assert "broad.vision.tower_parameters" not in set(workbook)
    assert workbook.definition("broad.narrow.expert.parameters").cell.scope == "broad.narrow"


@pytest.mark.parametrize(
    ("setting", "more"),
    [
        ("narrow.ffn_width=65", 3 * 10 * 96 * 2),  # over the group's own fact
        ("wide.n_heads=7", 2 * (96 * 16 + 16 * 96)),  # where the group had the model's
        ("vision.block.n_layers=5", 2 * 40 * 80),  # over the count in the stack
        ("finish.words.d_out=1001", 96),  # a cell with a formula: pinned
    ],
)
def test_a_setting_of_a_scoped_name_reaches_that_scope_alone(folder, setting, more):
    workbook = folder.load(setting).workbook
    assert workbook is not None
    assert workbook.number("n_parameters") == 852_160 + more


def test_what_a_setting_of_a_scoped_name_hides_stays_known(folder):
    workbook = folder.load("narrow.ffn_width=65").workbook
    assert workbook is not None
    definition = workbook.definition("narrow.ffn_width")
    assert definition.value.layer == "--set"
    assert [(value.layer, value.text) for value in definition.shadowed] == [("model", "64")]


# What is refused


@pytest.mark.parametrize(("sheet", "name"), listed("takes"))
def test_a_name_that_is_read_but_not_taken_is_refused_where_it_is_read(folder, sheet, name):
    folder.unlist(sheet, "takes", name)
    found = [place(problem) for problem in folder.problems("takes") if f" {name} " in f" {problem.message} "]
    reads = [text for file, text in found if file == f"{sheet}.yaml"]
    assert reads
    assert all(re.match(rf"{name}\b", text) for text in reads)


@pytest.mark.parametrize(("sheet", "name"), listed("shadows"))
def test_a_name_that_hides_an_outer_one_unsaid_is_refused_where_it_is_defined(folder, sheet, name):
    folder.unlist(sheet, "shadows", name)
    problem = folder.problem("shadows")
    assert place(problem) == (f"{sheet}.yaml", name)
    assert problem.hint == f"if that is meant, the sheet {sheet} says shadows: [{name}]"


@pytest.mark.parametrize(("fact", "sheets"), [("hidden_size: 40, ", {"patches", "feed_forward"}),
                                              (", facts: {ffn_width: 80}", {"feed_forward"})])  # fmt: skip
def test_a_tower_does_not_take_the_models_own_facts(folder, fact, sheets):
    folder.edit("model.yaml", fact, "")
    found = folder.problems("takes")
    assert {Path(problem.mark.file).stem for problem in found if problem.mark} == sheets
    assert {problem.hint for problem in found} == {
        "give it among the facts of the tower vision: a tower does not take the model's own"
    }


def test_a_fact_that_no_sheet_takes_is_refused_where_it_stands(folder):
    folder.edit("model.yaml", "n_specialists: 10", "n_sequences: 3, n_specialists: 10")
    assert place(folder.problem("coverage")) == ("model.yaml", "n_sequences")


def test_a_fact_that_only_the_columns_of_its_rows_read_is_taken(folder):
    folder.edit("model.yaml", "facts: {n_kv_heads: 1", "facts: {bytes_per_parameter: 1 byte/parameter, n_kv_heads: 1")
    workbook = folder.load().workbook
    assert workbook is not None
    assert workbook.number("narrow.out.decode.bytes") == 3 * 96 * 96 / 1000
    assert workbook.number("wide.out.decode.bytes") == 2 * 2 * 96 * 96 / 1000


def test_two_sheets_that_give_one_name_are_refused_unless_one_replaces(folder):
    other = "sheet: other\ndevices: one\ntakes: [n_patches, n_images]\n{}"
    other += "quantities: {{prefill_tokens: n_images * n_patches}}"
    folder.edit("model.yaml", "[./sheets/encoder.yaml,", "[./sheets/encoder.yaml, ./sheets/other.yaml,")
    folder.write("sheets/other.yaml", other.format("shadows: [prefill_tokens]\n"))
    assert place(folder.problem("duplicate")) == ("other.yaml", "prefill_tokens")
    folder.write("sheets/other.yaml", other.format("shadows: [prefill_tokens]\nreplaces: [prefill_tokens]\n"))
    workbook = folder.load().workbook
    assert workbook is not None
    assert workbook.definition("vision.prefill_tokens").sheet == "other"


@pytest.mark.parametrize(
    ("stack", "underlined", "message"),
    [
        ("start + 2 * wide + 3 * narow + finish", "narow", "the stack names narow, which is no group"),
        ("start + 2 * wide + finish", "start + 2 * wide + finish", "the stack leaves out the group narrow"),
        ("start + 2 * wide - narrow + finish", "start + 2 * wide - narrow", "this is not part of a stack"),
        ("start + 2.5 * wide + narrow + finish", "2.5 * wide", "a group stands 1 to 100,000 times in a stack"),
        ("start + wide ** 2 + narrow + finish", "wide ** 2", "this is not part of a stack"),
        ("start + 2 * wide + 3 * narrow + finish + vision", "vision", "the stack names vision, which is a tower"),
    ],
)
def test_a_stack_that_does_not_add_up_the_groups_is_refused_at_its_place(folder, stack, underlined, message):
    folder.edit("model.yaml", "start + 2 * wide + 3 * narrow + finish", stack)
    found = {problem.message: place(problem) for problem in folder.problems("stack")}
    assert found[message] == ("model.yaml", underlined)


def test_groups_without_a_stack_are_refused(folder):
    folder.edit("model.yaml", "stack: start + 2 * wide + 3 * narrow + finish\n", "")
    assert folder.problem("stack").message == "model has groups but no stack"


def test_the_name_that_a_message_gives_a_file_is_as_short_as_can_be(folder):
    folder.edit("glossary.yaml", "n_words: {unit: ''", "n_words: {unit: nix")
    problem = folder.problem("unit")
    assert problem.mark is not None
    assert problem.mark.file == str(folder.path / "glossary.yaml")


def test_a_row_that_lacks_a_required_cell_is_refused(folder):
    folder.edit("sheets/patches.yaml", "d_in: patch_values, ", "")
    assert "does not give d_in" in folder.problem("table").message


def test_the_order_of_groups_and_of_facts_changes_no_total(folder, workbook):
    text = (folder.path / "model.yaml").read_text()
    model = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - makes no objects: every scalar is text, as roofsheet reads
    for key in ("facts", "groups", "towers"):
        model[key] = dict(reversed(model[key].items()))
    folder.write("model.yaml", yaml.safe_dump(dict(reversed(model.items())), sort_keys=False))
    other = folder.load().workbook
    assert other is not None
    for name in ("n_parameters", "prompt_time", "step_time", "vision.tower_time"):
        assert other.number(name) == pytest.approx(workbook.number(name), rel=1e-12)


def test_a_fact_that_only_a_tower_takes_does_not_count_as_taken(folder):
    folder.edit("model.yaml", "  n_words: 1000\n", "  n_words: 1000\n  patch_values: 3\n")
    assert place(folder.problem("coverage")) == ("model.yaml", "patch_values")


def test_an_override_goes_over_the_count_in_the_stack(folder):
    folder.edit("scenario.yaml", "claims:", "override: {narrow.n_layers: '1 + 3 * 1'}\nclaims:")
    workbook = folder.load().workbook
    assert workbook is not None
    assert workbook.number("narrow.n_layers") == 4
    assert [value.layer for value in workbook.definition("narrow.n_layers").shadowed] == ["stack"]
