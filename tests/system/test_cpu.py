import sys
from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.system import cpu as module
from auxnet_cli.system.cpu import cpu, peak_memory, relevant_flags

X86 = """processor\t: 0
model name\t: Example 3000 @ 2.20GHz
flags\t\t: fpu sse4_2 avx avx2 fma smep avx512f avx512_vnni amx_int8

processor\t: 1
model name\t: Another
"""
ARM = """processor\t: 0
Features\t: fp asimd evtstrm aes sve i8mm bf16
Hardware\t: Board 7
"""


@pytest.mark.parametrize(
    ("text", "model", "flags"),
    [
        (X86, "Example 3000 @ 2.20GHz", "amx_int8 avx avx2 avx512_vnni avx512f fma sse4_2"),
        (ARM, "Board 7", "asimd bf16 i8mm sve"),
    ],
)
def test_cpuinfo(tmp_path, monkeypatch, text, model, flags):
    path = tmp_path / "cpuinfo"
    path.write_text(text)
    monkeypatch.setattr(module, "CPUINFO", path)
    found = cpu()
    assert found.model == model
    assert " ".join(found.flags) == flags


def test_cpuinfo_without_a_model_falls_back_on_platform(tmp_path, monkeypatch):
    path = tmp_path / "cpuinfo"
    path.write_text("processor : 0\n")
    monkeypatch.setattr(module, "CPUINFO", path)
    monkeypatch.setattr(module.platform, "processor", lambda: "")
    monkeypatch.setattr(module.platform, "machine", lambda: "riscv64")
    assert cpu().model == "riscv64"


def test_macos(monkeypatch):
    answers = {
        "machdep.cpu.brand_string": "Example M1",
        "machdep.cpu.features": "SSE4.2 AVX1.0 FMA",
        "machdep.cpu.leaf7_features": "AVX2 BMI1",
    }
    monkeypatch.setattr(module, "CPUINFO", Path("/absent"))
    monkeypatch.setattr(module.sys, "platform", "darwin")
    monkeypatch.setattr(module.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(module, "_sysctl", lambda name: answers[name])
    found = cpu()
    assert found.model == "Example M1"
    assert {"sse4_2", "avx2", "fma"} <= set(found.flags)


def test_this_machine():
    found = cpu()
    assert found.model
    assert found.cores >= 1


def test_irrelevant_flags_are_dropped():
    assert relevant_flags("fpu AVX2 mmx smep avx2 sme2") == ("avx2", "sme2")


def test_peak_memory_grows_with_what_is_held():
    before = peak_memory()
    held = np.ones(30_000_000)  # 240 MB
    assert peak_memory() > before - 1
    assert peak_memory() > held.nbytes / 1e6


@pytest.mark.skipif(sys.platform == "win32", reason="Windows starts children afresh")
def test_a_child_does_not_inherit_its_parents_peak(in_new_process):
    held = np.ones(40_000_000)  # 320 MB
    code = "from auxnet_cli.system.cpu import peak_memory; print(peak_memory())"
    child = in_new_process(code)
    assert child.returncode == 0, child.stderr
    assert float(child.stdout) < held.nbytes / 1e6
