import numpy as np
import pytest

from auxnet_cli.benchmarking.peak_flops import OPERATIONS, TIMES, matrices, peak_call


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_it_multiplies_matrices(precision):
    (found,) = peak_call(precision, 1)().values()
    product, factor = matrices()
    for _ in range(TIMES):
        product = product @ factor
    np.testing.assert_allclose(found, product, rtol=0.03)
    assert product.size * 2 * len(product) * TIMES == OPERATIONS
