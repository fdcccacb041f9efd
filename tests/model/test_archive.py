import io
import json
import tracemalloc
import zipfile

import h5py
import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.errors import InputError
from auxnet_cli.model.archive import CONFIG, PARTS, WEIGHTS, check_weights, load_archive
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings import ModelSettings

IMAGE = np.random.default_rng(0).integers(0, 256, (1, 32, 64, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def network():
    pixels = layers.Input((32, 32, 3))
    inner = layers.Conv2D(4, 3, kernel_initializer="he_normal", name="inner")(pixels)
    return keras.Model(pixels, {"out": layers.GlobalAveragePooling2D()(inner)})


@pytest.fixture
def path(network, tmp_path):
    path = tmp_path / "model.keras"
    network.save(path)
    return path


def rewrite(path, changes, compression=zipfile.ZIP_STORED):
    """Put other contents into an archive; a content of None takes the entry out."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()} | changes
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(name, content)


def config_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(CONFIG))


def weights(**shapes):
    """An HDF5 file of data sets that are claimed and not filled."""
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        for name, shape in shapes.items():
            file.create_dataset(name, shape, "float32", chunks=True, compression="gzip")
    return held.getvalue()


def refused(path, says):
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=rf"model\.keras.*{says}") as caught:
            load_archive(path)
        assert "\n" not in str(caught.value)
        assert tracemalloc.get_traced_memory()[1] < 300e6
    finally:
        tracemalloc.stop()


def test_a_whole_one(network, path):
    image = np.random.default_rng(0).random((1, 32, 32, 3), np.float32)
    loaded = load_archive(path)
    np.testing.assert_array_equal(loaded(image)["out"], network(image)["out"])
    assert keras.layers.Layer.add_weight.__name__ == "add_weight"  # as it was


@pytest.mark.parametrize("encoder", ["resnet18", "efficientnetb0", "efficientnet-lite0"])
def test_every_part_of_our_networks_is_known(encoder, tmp_path):
    settings = ModelSettings(
        encoder=encoder, encoder_width=0.125, pyramid_width=8, segmentation_width=8,
        detection_width=8, detection_depth=1,
    )  # fmt: skip
    network = defect_aux_net(2, "exclusive", ("cls", "seg", "det"), (32, 64), settings)
    network.save(tmp_path / "model.keras")
    loaded = load_archive(tmp_path / "model.keras")(IMAGE)
    for name, values in network(IMAGE).items():
        np.testing.assert_array_equal(loaded[name], values)


def test_a_zip_bomb(path):
    rewrite(path, {WEIGHTS: bytes(10**8)}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2e5
    refused(path, r"claims 100,0\d\d,\d\d\d bytes")


def test_a_bomb_of_hdf5(path):
    rewrite(path, {WEIGHTS: weights(a=(100_000, 100_000))})
    refused(path, r"claims 40,000,000,000 bytes of weights and holds")


def test_layers_that_claim_more_than_there_is(path):
    config = config_of(path)
    (inner,) = (layer for layer in config["config"]["layers"] if layer["name"] == "inner")
    inner["config"]["filters"] = 10**8
    rewrite(path, {CONFIG: json.dumps(config)})
    refused(path, "layers claim more weights than it holds")
    assert keras.layers.Layer.add_weight.__name__ == "add_weight"


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("Lambda", "keras.layers"),
        ("StringLookup", "keras.layers"),
        ("TorchModuleWrapper", "keras.layers"),
        ("Conv2D", "os"),
        ("__lambda__", None),
        (["Conv2D"], "keras"),
    ],
)
def test_a_part_of_no_network_of_ours(path, name, module):
    config = config_of(path)
    config["config"]["layers"][1] |= {"class_name": str(name), "module": module}
    rewrite(path, {CONFIG: json.dumps(config)})
    assert str(name) not in PARTS or module == "os"
    refused(path, "no network of ours has")


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "assets/vocabulary.txt"])
def test_an_entry_that_keras_does_not_write(path, name):
    rewrite(path, {name: b"1"})
    refused(path, "it holds '")
    assert not (path.parent.parent / "evil.py").exists()


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_an_entry_that_is_missing(path, name):
    rewrite(path, {name: None})
    refused(path, f"it holds no {name}")


@pytest.mark.parametrize(
    "config", [b"", b"[]", b"3", b"{}", b'{"config": 3}', b"[" * 10**5, b'{"class_name": "Add"}']
)
def test_a_config_that_is_none(path, config):
    rewrite(path, {CONFIG: config})
    refused(path, "")


@pytest.mark.parametrize("share", [0, 0.9, 0.999])
def test_a_part_of_one(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, "cannot be read as a model")


def test_random_damage_is_one_sentence_or_harmless(path):
    content, rng = path.read_bytes(), np.random.default_rng(3)
    for _ in range(30):
        changed = bytearray(content)
        for place in rng.integers(0, len(content), 20):
            changed[place] = rng.integers(256)
        path.write_bytes(changed)
        try:
            load_archive(path)
        except InputError as error:
            sentence = str(error)
            assert "\n" not in sentence
        path.write_bytes(content)


def test_a_file_of_weights(tmp_path):
    rng = np.random.default_rng(0)
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        file["a/b"] = rng.random((100, 10), np.float32)
    assert check_weights(held, tmp_path) == held.seek(0, io.SEEK_END) // 2
    with pytest.raises(InputError, match="claims 4,000,000 bytes of weights and holds"):
        check_weights(io.BytesIO(weights(a=(1000, 1000))), tmp_path)
