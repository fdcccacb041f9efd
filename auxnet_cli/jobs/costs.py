"""What an escape and a false alarm cost, as the user says."""

from auxnet_cli.errors import InputError


def check_costs(cost_escape: float, cost_false_alarm: float) -> None:
    """Refuse costs that are none.

    Raises:
        InputError: a cost is below 0 or no number.
    """
    for name, cost in (("escape", cost_escape), ("false-alarm", cost_false_alarm)):
        if not 0 <= cost < float("inf"):
            raise InputError(f"--cost-{name} is {cost:g}, but a cost is 0 or more.")
