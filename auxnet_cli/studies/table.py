"""Prints a study as a Markdown table, with the differences between its arms."""

from collections.abc import Mapping, Sequence

import numpy as np

from auxnet_cli.documents.comparison import Difference
from auxnet_cli.scoring.comparison import comparison
from auxnet_cli.studies.figures import SHOWN, arm_figures
from auxnet_cli.studies.training import Training


def table(arms: Sequence[Sequence[Training]]) -> str:
    """Returns a Markdown table: one row an arm, then the difference of each to the first.

    A cell has mean ± standard deviation of several seeds, or the figure of a single seed with its
    95 % interval; differences have a 95 % interval.
    """
    made = [arm_figures(trainings) for trainings in arms]
    names = [name for name in SHOWN if any(name in seeds for _, seeds in made)]
    lines = [_row("", [SHOWN[name] for name in names]), _row("---", ["---"] * len(names))]
    document = comparison([contender for contender, _ in made])
    for (contender, seeds), run in zip(made, document.runs, strict=True):
        cells = [_figure(seeds.get(name, []), run.ci95[name]) for name in names]
        lines.append(_row(f"{contender.name} ({len(next(iter(seeds.values())))})", cells))
    for difference in document.differences:
        cells = [_difference(difference.figures.get(name)) for name in names]
        lines.append(_row(f"{difference.run} − {difference.against}", cells))
    return "\n".join(lines) + "\n"


def _row(head: str, cells: Sequence[str]) -> str:
    return f"| {head} | {' | '.join(cells)} |"


def _figure(of_seeds: Sequence[float], interval: Sequence[float] | None) -> str:
    if not of_seeds:
        return ""
    if len(of_seeds) > 1:
        return f"{np.mean(of_seeds):.3f} ± {np.std(of_seeds, ddof=1):.3f}"
    return f"{of_seeds[0]:.3f}" + (f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else "")


def _difference(figure: Difference | None) -> str:
    if figure is None or figure.difference is None:
        return ""
    ends = f" ({figure.ci95[0]:+.3f} to {figure.ci95[1]:+.3f})" if figure.ci95 else ""
    return f"{figure.difference:+.3f}{ends}"


def comparable_trainings(trainings: Sequence[Training]) -> dict[float, list[list[Training]]]:
    """Returns the trainings whose seeds can be compared, by fraction and arm.

    A seed counts when all folds are finished in every arm that has any: a lucky seed of one arm
    must not stand beside an unlucky seed of another.
    """
    folds: dict[tuple[float, str, int], list[Training]] = {}
    for training in trainings:
        cell = (training.fraction, training.arm.name, training.seed)
        folds.setdefault(cell, []).append(training)
    arms: dict[float, dict[str, dict[int, list[Training]]]] = {}
    for (fraction, name, seed), of_seed in folds.items():
        if all(training.done for training in of_seed):
            arms.setdefault(fraction, {}).setdefault(name, {})[seed] = of_seed
    compared = {fraction: _of_common_seeds([*by_arm.values()]) for fraction, by_arm in arms.items()}
    return {fraction: trainings for fraction, trainings in compared.items() if trainings}


def _of_common_seeds(arms: Sequence[Mapping[int, list[Training]]]) -> list[list[Training]]:
    common = set(arms[0]).intersection(*arms)
    if not common:
        return []
    return [
        [training for seed, folds in seeds.items() if seed in common for training in folds]
        for seeds in arms
    ]
