import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.jobs.costs import check_costs


def test_costs_are_0_or_more():
    check_costs(0, 2.5)
    with pytest.raises(InputError, match="--cost-escape is -1, but a cost is 0 or more"):
        check_costs(-1, 1)
    with pytest.raises(InputError, match="--cost-false-alarm is nan"):
        check_costs(1, float("nan"))
