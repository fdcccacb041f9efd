import numpy as np
import pytest

from auxnet_cli.benchmarking.peak_flops import OPERATIONS, TIMES, gflops, matrices, peak_call
from auxnet_cli.system.cpu import cpu

# Instructions that sum products of bytes in 32 bits.
VNNI = {"avx512_vnni", "avx_vnni", "avxvnni", "amx_int8", "i8mm", "asimddp"}


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_it_multiplies_matrices(precision):
    if precision == "int8" and not VNNI & set(cpu().flags):
        pytest.skip("without VNNI OpenVINO's sums of bytes saturate")
    (values,) = peak_call(precision, 1)().values()
    product, factor = matrices()
    for _ in range(TIMES):
        product = product @ factor
    np.testing.assert_allclose(values, product, rtol=0.03)
    assert product.size * 2 * len(product) * TIMES == OPERATIONS


def test_the_speed_is_that_of_the_median_call():
    assert gflops([0.01, 0.02, 9]) == pytest.approx(OPERATIONS / 0.02 / 1e9)
