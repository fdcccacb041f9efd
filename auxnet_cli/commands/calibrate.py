"""``auxnet calibrate``: thresholds for a promised recall or false-alarm rate."""

from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import Data, Engine, Model, Precision
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.calibration import CalibrationResult


@command
def calibrate(
    catch: Annotated[
        float | None,
        typer.Option(
            help="Part of the defective images to stop, such as 0.99.", show_default=False
        ),
    ] = None,
    false_alarms: Annotated[
        float | None,
        typer.Option(
            help="Part of the good images that may be stopped, such as 0.02.", show_default=False
        ),
    ] = None,
    temperature: Annotated[
        bool, typer.Option("--temperature", help="Fit the temperature of the class scores, too.")
    ] = False,
    unknown: Annotated[
        bool,
        typer.Option(
            "--unknown",
            help="Let the memory of good parts count as much as all heads, for kinds never seen.",
        ),
    ] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Take calibration and temperature away.")
    ] = False,
    model: Model = None,
    data: Data = None,
    engine: Engine = "auto",
    precision: Precision = "fp32",
) -> "CalibrationResult":
    """Fit the verdict to a promise: so many defects caught, or so few good parts stopped."""
    from auxnet_cli.jobs.calibrate import calibrate as run_calibration
    from auxnet_cli.reports.terminal.calibration import calibration_table

    result = run_calibration(
        model, data, catch, false_alarms, temperature, reset, engine, precision, unknown
    )
    console().print(calibration_table(result))
    return result
