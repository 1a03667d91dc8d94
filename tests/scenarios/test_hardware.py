"""The catalogue of accelerators: every fact has a source and a date, every name leads to one entry."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from roofsheet.graph.language.declarations import Entry
from roofsheet.problems import Text, render
from roofsheet.scenarios import Library, bundled, load

NAMES = bundled("hardware")
CARD = "scenario: card\nuse: [rates, roofline]\nwith: {hardware: %s}\nset: {%s}\nshow: [%s]\n"


def entry(name) -> Entry:
    library = Library([])
    found = library.entry(Text.line(name, "a test"), "hardware")
    assert found is not None, render(library.problems)
    return found


def facts_of(name) -> dict[str, str]:
    return {fact: given.value.text for fact, (_, given) in entry(name).facts.items()}


def rates(name) -> Iterator[tuple[str, float]]:
    for fact, value in facts_of(name).items():
        if fact.startswith("compute_rate["):
            yield fact.removeprefix("compute_rate[").removesuffix("]"), float(value.removesuffix(" TFLOPS"))


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_has_what_a_roofline_needs(name):
    facts = facts_of(name)
    assert {"memory_capacity", "memory_label", "memory_bandwidth"} <= set(facts)
    assert any(key.endswith("fp32, dense") for key, _ in rates(name))
    assert entry(name).title


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_has_a_source_the_day_it_was_read_and_a_kind_that_fits(name):
    for fact, (_, given) in entry(name).facts.items():
        assert re.search(r"read 20\d\d-\d\d-\d\d\)", given.source), fact
        assert given.kind in ("datasheet", "measured", "derived", "claimed"), fact


@pytest.mark.parametrize("name", NAMES)
def test_no_source_is_a_note_to_ourselves(name):
    found = entry(name)
    said = [*found.sources.values(), *(each.source for each in found.contradictions)]
    assert not [source for source in said if "id " in source]


@pytest.mark.parametrize("name", NAMES)
def test_a_sparse_rate_is_about_twice_the_dense_one(name):
    known = dict(rates(name))
    for key, sparse in known.items():
        dense = known.get(key.replace("sparse", "dense"))
        if key.endswith("sparse") and key != "fp4, fp32, sparse":  # the B300's are 13.5 and 18 PFLOPS
            assert dense, key
            assert sparse == pytest.approx(2 * dense, rel=0.02), key


@pytest.mark.parametrize("name", NAMES)
def test_the_driver_reports_about_what_the_label_says(name):
    def gigabytes(text):
        number, unit = text.split()
        return float(number) * {"GB": 1e9, "GiB": 2**30, "MiB": 2**20}[unit] / 1e9

    facts = facts_of(name)
    assert 0.93 < gigabytes(facts["memory_capacity"]) / gigabytes(facts["memory_label"]) < 1.08


def test_no_name_or_alias_means_two_entries():
    seen: dict[str, str] = {}
    for name in NAMES:
        for spelling in {name, *entry(name).aliases}:
            assert seen.setdefault(spelling.casefold(), name) == name, spelling


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("h100", "h100-sxm"), ("H100 SXM", "h100-sxm"), ("NVIDIA H100 80GB HBM3", "h100-sxm"), ("H100-SXM", "h100-sxm"),
        ("Nvidia A100 GPU", "a100-sxm-80gb"), ("NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"), ("A40", "a40"),
        ("NVIDIA B200-SXM-180GB", "b200-sxm"), ("B300", "b300-sxm"), ("GB10 (DGX Spark)", "dgx-spark-gb10"),
        ("NVIDIA GB200 192GB", "gb200"), ("GB300", "gb300"), ("Nvidia GH200 GPU", "gh200-96gb"), ("Gaudi2", "gaudi-2"),
        ("NVIDIA H20 96GB", "h20"), ("H200 NVL", "h200-nvl"), ("Virtualized NVIDIA H200-SXM-141GB", "h200-sxm"),
        ("[MAXSUN] MS-Intel Arc Pro B60 Dual 48G Turbo", "arc-pro-b60"), ("MI250", "mi250"), ("MI325X", "mi325x"),
        ("AMD Instinct MI300X-NPS1-SPX-192GB-750W", "mi300x"), ("Max 1550", "max-1550"), ("SN40L", "sn40l"),
        ("RTX 3080", "rtx-3080-10gb"), ("NVIDIA 4070 Ti 12GB", "rtx-4070-ti"), ("RTX 5000 Ada", "rtx-5000-ada"),
        ("RTX PRO 6000 Blackwell", "rtx-pro-6000-blackwell-workstation"), ("Apple M1", "apple-m1"),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition 96GB", "rtx-pro-6000-blackwell-server"), ("TPU v4", "tpu-v4"),
        ("Apple M3 Max 40‑Core GPU 64GB", "apple-m3-max"), ("Radeon 8060S (Strix Halo)", "radeon-8060s"),  # noqa: RUF001
        ("NVIDIA Jetson Thor", "jetson-t5000"), ("Tesla T4", "t4"), ("NVIDIA GeForce RTX 4090", "rtx-4090"),
    ],
)  # fmt: skip
def test_people_find_an_accelerator_by_the_name_they_know(said, name):
    assert entry(said).name == name


def card(tmp_path, name, settings="", show="memory_bandwidth, memory_capacity"):
    path = tmp_path / "card.yaml"
    path.write_text(CARD % (name, "arithmetic_intensity: 9 FLOP/byte" + settings, show))
    workbook = load(str(path)).workbook
    assert workbook is not None
    return workbook


def peak(tmp_path, name, dtype, accumulator):
    settings = f", compute_dtype: {dtype}, accumulator: {accumulator}"
    return card(tmp_path, name, settings, "peak_compute").number("peak_compute")


def test_the_h100_is_the_sxm_card_with_its_dense_rate(tmp_path):
    assert peak(tmp_path, "h100", "bf16", "fp32") == 989.4
    workbook = card(tmp_path, "h100")
    assert workbook.number("memory_bandwidth") == 3350
    assert workbook.number("memory_capacity") == pytest.approx(81559 * 2**20 / 1e9)


def test_the_4090_halves_its_rate_for_sums_in_fp32(tmp_path):
    assert peak(tmp_path, "rtx-4090", "fp16", "fp16") == 330.3
    assert peak(tmp_path, "rtx-4090", "fp16", "fp32") == 165.2


def test_the_mi300x_is_192_gib_less_what_the_driver_keeps(tmp_path):
    assert peak(tmp_path, "MI300X", "fp8", "fp32") == 2614.9
    workbook = card(tmp_path, "mi300x", show="memory_capacity, link_bandwidth, tdp")
    assert workbook.number("memory_capacity") == pytest.approx(206.141652992)
    assert (workbook.number("link_bandwidth"), workbook.number("tdp")) == (448, 750)


def test_a_superchip_s_figures_are_those_of_one_gpu():
    assert facts_of("gb200")["compute_rate[bf16, fp32, dense]"] == "2500 TFLOPS"


def test_what_sources_contradict_each_other_in_is_recorded():
    said = {each.value.text for each in entry("b200-sxm").contradictions}
    assert {"7700 GB/s", "192 GB", "2250 TFLOPS"} <= said


def test_finding_an_alias_decodes_few_entries():
    library = Library([])
    assert library.entry(Text.line("TPU7x", "a test"), "hardware") is not None
    assert len(library._read) <= 3


def test_a_mistaken_alias_is_told_the_entries_that_have_one_like_it():
    library = Library([])
    assert library.entry(Text.line("rtx pro 6000 blackwel", "a test"), "hardware") is None
    assert "did you mean rtx-pro-6000-blackwell-workstation" in library.problems[0].hint
