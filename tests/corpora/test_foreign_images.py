"""Images of other projects' test suites, good and hostile, against a second reader.

`python -m pytest -n 0 -s -m slow tests/corpora` prints the table.
"""

import collections
import io
import json
import subprocess
import sys
import tarfile

import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images.formats import file_kind, open_content
from auxnet_cli.data.images.image_file import upright

pytestmark = pytest.mark.slow

CORPORA = ("pillow", "imagecodecs", "wand")
SECONDS, MEGABYTES = 20, 1500  # for one image

# Read otherwise by Pillow, for the reasons given.
ODD = {
    # Pillow takes three bands of YCbCr for one (a file made to make a reader leave its buffer).
    "tiff_tiled_jpeg_oob_read.tif",
    # Colours that are multiplied with their opacity: Pillow divides them.
    "tiff_16bit_RGBa.tiff",
    "pil136.tiff",
}
# JPEG decoders may round chroma otherwise; CMYK is rounded twice.
TOLERANCE = {"JPEG": 2, "TIFF": 2, "WebP": 1, "PNG": 0, "BMP": 0}

# A child process reads paths and answers each with a line; it writes the pixels into a file.
READER = """
import json, re, sys, time, traceback
from pathlib import Path
import numpy as np
from auxnet_cli.data.images.reading import decode_stored, open_image, read_file
from auxnet_cli.errors import InputError
for line in sys.stdin:
    path, target = map(Path, json.loads(line))
    start, answer = time.perf_counter(), {}
    try:
        np.save(target, decode_stored(open_image(read_file(path), path), path))
    except InputError as error:
        answer["refused"] = str(error)
    except BaseException:
        answer["traceback"] = traceback.format_exc()
    answer["seconds"] = time.perf_counter() - start
    status = Path("/proc/self/status")  # the most since this process began, not its parent
    held = re.search(r"VmHWM:\\s*([0-9]+)", status.read_text() if status.exists() else "")
    answer["megabytes"] = int(held[1]) / 1024 if held else 0
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture(scope="module", params=CORPORA)
def corpus(request, tmp_path_factory):
    """The name of a package and the image files in its source."""
    folder = tmp_path_factory.mktemp(request.param)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary"]
    command += [request.param, "--dest", str(folder), request.param]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    except subprocess.TimeoutExpired:
        pytest.skip(f"the source of {request.param} did not arrive within 15 minutes")
    archives = list(folder.glob("*.tar.gz"))
    if not archives:
        pytest.skip(f"the source of {request.param} cannot be had: {done.stderr[-200:]}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != archives[0])
    return request.param, [path for path in files if file_kind(path.read_bytes()[:64])]


def read_all(files, target):
    """What the reader answers to each file; it must live to the end."""
    with subprocess.Popen(
        [sys.executable, "-c", READER],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as reader:  # fmt: skip
        lines = "".join(
            json.dumps([str(path), str(target / f"{number}.npy")]) + "\n"
            for number, path in enumerate(files)
        )
        try:
            out, err = reader.communicate(lines, timeout=SECONDS * 60)
        except subprocess.TimeoutExpired:
            reader.kill()
            raise
    assert reader.returncode == 0, err
    return [json.loads(line) for line in out.splitlines()], err


def by_pillow(path):
    """(height, width, 3) samples as Pillow reads them, upright; ``None`` where it does not."""
    content = path.read_bytes()
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            if picture.mode.startswith("I"):
                samples = np.dstack([np.asarray(picture)] * 3)
            elif picture.mode == "LA":
                samples = np.asarray(picture)[..., :1].repeat(3, axis=2)
            elif picture.mode in ("RGBA", "P", "PA"):
                samples = np.asarray(picture.convert("RGBA"))[..., :3]
            else:
                samples = np.asarray(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError):
        return None
    image = open_content(content)
    return upright(samples.astype(np.int64), 1 if image.kind == "TIFF" else image.orientation)


def difference(read, other):
    """The largest difference, at the depth of whichever has fewer bits."""
    read = read.astype(np.int64)
    shifts = (0, 4, 8) if read.max() > 255 else (0,)
    return min(int(np.abs((read >> shift) - other).max()) for shift in shifts)


@pytest.mark.filterwarnings("ignore")
def test_every_image_that_is_taken_is_read_as_another_reads_it(corpus, tmp_path, capsys):
    name, files = corpus
    assert len(files) > 50
    answers, err = read_all(files, tmp_path)
    assert len(answers) == len(files)
    assert [answer for answer in answers if "traceback" in answer] == []
    counts, wrong = collections.Counter(), []
    for number, (path, answer) in enumerate(zip(files, answers, strict=True)):
        kind = file_kind(path.read_bytes()[:64])
        counts[kind, "inspected"] += 1
        if "refused" in answer:
            counts[kind, "refused"] += 1
            assert answer["refused"].startswith(str(path)), answer
            assert answer["refused"].endswith("."), answer
            continue
        read, other = np.load(tmp_path / f"{number}.npy"), by_pillow(path)
        if other is None:
            counts[kind, "taken, unread by Pillow"] += 1
        elif path.name in ODD:
            counts[kind, "taken, otherwise by Pillow"] += 1
        elif read.shape != other.shape or difference(read, other) > TOLERANCE[kind]:
            wrong.append((path.name, kind, read.shape, other.shape))
        else:
            counts[kind, "taken, equal"] += 1
    seconds = max(answer["seconds"] for answer in answers)
    megabytes = max(answer["megabytes"] for answer in answers)
    with capsys.disabled():
        rows = [f"{name}: {len(files)} images, slowest {seconds:.2f} s, peak {megabytes:.0f} MB"]
        rows += [f"  {kind:5} {what:27} {count}" for (kind, what), count in sorted(counts.items())]
        sys.stdout.write("\n" + "\n".join(rows) + "\n")
    assert wrong == []
    # A line of libpng's own, for a PNG with more data than pixels, is all that may be printed.
    assert [line for line in err.splitlines() if "Extra compressed data" not in line] == []
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
