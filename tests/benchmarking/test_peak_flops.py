import numpy as np
import pytest

from auxnet_cli.benchmarking.peak_flops import OPERATIONS, TIMES, gflops, matrices, peak_call


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_it_multiplies_matrices(precision):
    (values,) = peak_call(precision, 1)().values()
    product, factor = matrices()
    for _ in range(TIMES):
        product = product @ factor
    np.testing.assert_allclose(values, product, rtol=0.03)
    assert product.size * 2 * len(product) * TIMES == OPERATIONS


def test_the_speed_is_that_of_the_median_call():
    assert gflops([0.01, 0.02, 9]) == pytest.approx(OPERATIONS / 0.02 / 1e9)
