"""Describes the processor, and measures the memory of the process."""

import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

CPUINFO = Path("/proc/cpuinfo")
STATUS = Path("/proc/self/status")

# Instruction sets that decide the speed of a convolution, on x86 and ARM.
_RELEVANT_FLAG = re.compile(
    r"sse4_[12]|avx\w*|fma|f16c|amx\w*|asimd\w*|neon|sve\w*|i8mm|bf16|fphp|sme2?", re.IGNORECASE
)

# IsProcessorFeaturePresent's numbers.
_WINDOWS_FEATURES = {38: "sse4_2", 39: "avx", 40: "avx2", 41: "avx512f", 19: "neon", 43: "asimddp"}


@dataclass(frozen=True)
class Cpu:
    """The processor.

    Attributes:
        model: its name.
        cores: physical cores, or logical ones where the system does not tell.
        flags: the instruction sets that matter to a neural network; empty where unknown.
    """

    model: str
    cores: int
    flags: tuple[str, ...]


def cpu() -> Cpu:
    """Returns this machine's processor."""
    model, flags = _linux(CPUINFO) if CPUINFO.is_file() else _elsewhere()
    fallback = platform.processor() or platform.machine() or "unknown"
    return Cpu(model or fallback, _cores(), relevant_flags(flags))


def usable_cores() -> int:
    """Returns the number of cores that this process may use, by its CPU affinity."""
    process = psutil.Process()
    cores = _cores()
    # macOS has no affinity.
    return min(cores, len(process.cpu_affinity())) if hasattr(process, "cpu_affinity") else cores


def relevant_flags(flags: str) -> tuple[str, ...]:
    """Returns the relevant ones of CPU flags that are separated by spaces, sorted."""
    return tuple(sorted({flag.lower() for flag in flags.split() if _RELEVANT_FLAG.fullmatch(flag)}))


def _cores() -> int:
    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


def _linux(cpuinfo: Path) -> tuple[str, str]:
    """Returns model and flags; ARM kernels write ``Features`` and often no model."""
    fields: dict[str, str] = {}
    for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
        key, sign, value = line.partition(":")
        if sign:
            fields.setdefault(key.strip().lower(), value.strip())
    model = fields.get("model name") or fields.get("hardware") or ""
    return model, fields.get("flags") or fields.get("features") or ""


def _elsewhere() -> tuple[str, str]:
    if sys.platform == "win32":
        import ctypes
        import winreg

        path = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            model = str(winreg.QueryValueEx(key, "ProcessorNameString")[0]).strip()
        has = ctypes.windll.kernel32.IsProcessorFeaturePresent
        return model, " ".join(name for number, name in _WINDOWS_FEATURES.items() if has(number))
    if sys.platform == "darwin":
        flags = _sysctl("machdep.cpu.features") + " " + _sysctl("machdep.cpu.leaf7_features")
        # Apple's own processors, all of which have these, list none.
        arm = "neon asimd" if platform.machine() == "arm64" else ""
        return _sysctl("machdep.cpu.brand_string"), flags.replace(".", "_") + " " + arm
    return "", ""


def _sysctl(name: str) -> str:
    try:
        done = subprocess.run(["sysctl", "-n", name], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def peak_memory() -> float:
    """Returns the most memory that this process has held so far, in MB (10^6 bytes).

    Linux's ``getrusage`` is of no use here: a child starts with the peak of its parent.
    """
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 1e6
    if STATUS.is_file():
        peak = re.search(r"VmHWM:\s*(\d+) kB", STATUS.read_text(encoding="utf-8"))
        if peak:
            return int(peak[1]) * 1024 / 1e6
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
