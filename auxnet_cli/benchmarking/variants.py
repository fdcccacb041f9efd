"""Chooses the engines and precisions to time, as far as this machine has them."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from auxnet_cli.documents.benchmark import Variant
from auxnet_cli.errors import InputError
from auxnet_cli.exporting.quantisation import check_int8
from auxnet_cli.inference.engines.openvino import computes_in_bf16
from auxnet_cli.inference.engines.registry import ENGINES, check_engine, engine_names


def default_engines() -> tuple[str, ...]:
    """Returns the paper's engine and the one that predicts; Keras alone on another back end."""
    return ("tensorflow", "openvino") if _back_end() == "tensorflow" else ("keras",)


def choose_variants(
    engines: Sequence[str], precisions: Sequence[str]
) -> tuple[tuple[Variant, ...], list[str]]:
    """Returns each engine in each of the precisions that it and this CPU compute in.

    Returns:
        The variants, and a sentence for each that was asked for and cannot be timed.

    Raises:
        InputError: a name is unknown, a package is missing, or nothing is left.
    """
    _check_names(engines, precisions)
    variants, left_out = [], []
    for engine in dict.fromkeys(engines):
        for precision in dict.fromkeys(precisions):
            if precision not in ENGINES[engine].precisions:
                left_out.append(f"The engine {engine} does not compute in {precision}.")
            elif precision == "bf16" and not computes_in_bf16():
                left_out.append("This CPU does not compute in bf16.")
            else:
                variants.append(Variant(engine=engine, precision=precision))
    if not variants:
        raise InputError(f"There is nothing to time. {' '.join(left_out)}")
    quantised = [ENGINES[variant.engine] for variant in variants if variant.precision == "int8"]
    if quantised:
        check_int8(quantised)
    return tuple(variants), left_out


def _check_names(engines: Sequence[str], precisions: Sequence[str]) -> None:
    for option, names in (("engines", engines), ("precisions", precisions)):
        if not names:
            raise InputError(f"--{option} names none: give one or more, with commas between.")
    for engine in engines:
        if engine == "auto":
            raise InputError(
                f"--engines auto: name those to time, of {', '.join(engine_names()[1:])}."
            )
        check_engine(engine)
        if ENGINES[engine].artefact:
            ENGINES[engine].require(converting=True)
    for precision in precisions:
        check_engine("auto", precision)


def _back_end() -> str:
    """Returns the name of Keras's back end; importing Keras would start it."""
    named = os.environ.get("KERAS_BACKEND")
    if named:
        return named
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    try:
        settings = json.loads((home / "keras.json").read_text(encoding="utf-8"))
        return str(settings.get("backend", "tensorflow"))
    except (OSError, ValueError, AttributeError):
        return "tensorflow"
