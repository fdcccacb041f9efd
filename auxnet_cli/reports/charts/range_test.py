"""A range test as a picture."""

from collections.abc import Sequence
from pathlib import Path

from auxnet_cli.system.files import whole_file


def save_range_chart(
    rates: Sequence[float], losses: Sequence[float], peak: float, path: Path
) -> None:
    """Draw the smoothed loss over the learning rate, and the peak that was chosen.

    Args:
        rates: learning rate of each step.
        losses: smoothed loss of each step.
        peak: the rate chosen.
        path: the PNG to write.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axis = figure.subplots()
    axis.plot(rates, losses)
    axis.axvline(peak, color="tab:red", linestyle="--", label=f"peak {peak:.2g}")
    axis.set(xscale="log", xlabel="learning rate", ylabel="loss, smoothed", title="Range test")
    # A loss that has burst would hide the valley.
    low, first = min(losses), losses[0]
    axis.set_ylim(low - 0.1 * (first - low) - 1e-3, low + 1.5 * (first - low) + 1e-2)
    axis.grid(alpha=0.3)
    axis.legend()
    with whole_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110)
