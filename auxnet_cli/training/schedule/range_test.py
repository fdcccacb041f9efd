"""Tests a range of learning rates: how the loss responds to a rate that grows with every step."""

import math
from itertools import count, islice
from statistics import fmean

from tqdm import tqdm

from auxnet_cli.documents.training_result import RangeTest
from auxnet_cli.errors import AuxnetError
from auxnet_cli.training.loop import Loop

LOW, HIGH = 1e-6, 0.1
"""The range of the rates. Adam moves each weight by about the rate, so that a larger rate loses
the weights within a few steps; what then brings the loss down is a constant answer."""

STEPS = 120
SMOOTHING = 0.9
BURST = 3.0
"""The test ends where the smoothed loss is this many times its minimum."""
MARGIN = 10.0
"""The peak is this many times below the rate of the smallest loss, beyond which learning fails."""
FIRST = 10
"""Steps before a minimum counts: the mean is smoothed over as many."""


def range_test(loop: Loop) -> RangeTest:
    """Learns with rates that grow from 10⁻⁶ to 0.1, each by the same factor (L. N. Smith, 2018).

    A step is one of the optimizer: it takes ``training.accumulate`` batches, and their mean loss
    counts. The loss is smoothed by a moving average, m = 0.9, without bias. The test ends early
    where the loss is three times its minimum, or no number. The peak is a tenth of the rate at the
    minimum.
    Afterwards the state of the training, which has not begun, is restored.

    Raises:
        AuxnetError: the loss is no number from the first steps on.
    """
    loop.checkpoint.save()
    momentum = loop.schedule.momentum(0.0)
    rates: list[float] = []
    losses: list[float] = []
    mean = 0.0
    batches = (batch for number in count(1) for batch in loop.batches.epoch(number))
    for step in tqdm(range(STEPS), desc="range test", unit="step", disable=None, leave=False):
        rate = LOW * (HIGH / LOW) ** (step / (STEPS - 1))
        gathered = islice(batches, loop.settings.accumulate)
        loss = fmean(loop.learn(batch, rate, momentum)["loss"] for batch in gathered)
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        smooth = mean / (1 - SMOOTHING ** (step + 1))
        if not math.isfinite(smooth) or (step > FIRST and smooth > BURST * min(losses)):
            break
        rates.append(rate)
        losses.append(smooth)
    batches.close()
    loop.checkpoint.load()
    if len(losses) <= FIRST:
        raise AuxnetError(
            "The range test found no learning rate: the loss is no number from the first steps on. "
            "Set training.learning_rate, or look at the data."
        )
    smallest = min(range(FIRST, len(losses)), key=losses.__getitem__)
    return RangeTest(peak=rates[smallest] / MARGIN, rates=rates, losses=losses)
