from tests.model.segmentation.published import check_decoder


def test_the_forward_pass_is_that_of_an_independent_implementation(shallow, tiny):
    check_decoder("unet", "_DecoderUpsamplingX2Block", "join", "2_conv", tiny)
