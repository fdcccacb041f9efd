import contextlib

import pytest

from auxnet_cli.data.sources.voc import xml as voc_xml
from auxnet_cli.data.sources.voc.xml import VocObject, VocXml, read_xml

BOX = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3.5</xmax><ymax> 4 </ymax></bndbox>"
OBJECT = f"<object><name> a  crack </name><part>{BOX}</part><difficult>1</difficult>{BOX}</object>"
SIZE = "<size><width>20</width><height>10</height><depth>3</depth></size>"
WHOLE = f"<annotation><filename>a.jpg</filename>{SIZE}{OBJECT}{OBJECT}</annotation>"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.xml"


def read(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_xml(path)


def test_what_a_file_says(path):
    crack = VocObject("a crack", (0, 1, 3.5, 4))  # pixels count from 1, the last included
    assert read(path, WHOLE) == VocXml("a.jpg", (10, 20), 3, (crack, crack))


def test_what_may_be_missing(path):
    assert read(path, "<annotation/>") == VocXml("", None, None, ())
    zeros = SIZE.replace("20", "0").replace("3", "0")
    assert read(path, f"<annotation>{zeros}</annotation>") == VocXml("", None, None, ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1", "windows-1251"])
def test_encodings(path, encoding):
    letters = "ü" if encoding == "latin-1" else "ы"
    head = "" if encoding == "utf-8-sig" else f'<?xml version="1.0" encoding="{encoding}"?>'
    text = f"{head}{WHOLE.replace('a  crack', letters)}"
    assert read(path, text.encode(encoding)).objects[0].name == letters


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no XML"),
        ("<annotation>", "no XML"),
        (b"<annotation>\xff</annotation>", "no XML"),
        ('<?xml version="1.0" encoding="gb2312"?><annotation/>', "multi-byte"),
        ('<?xml version="1.0" encoding="nonsense"?><annotation/>', "encoding"),
        ("<annotations/>", "root is 'annotations'"),
        (WHOLE.replace("<xmin>1</xmin>", ""), r"object 1 \(a crack\), xmin: None is no finite"),
        (WHOLE.replace("3.5", "NaN"), "xmax: 'NaN' is no finite number"),
        (WHOLE.replace("3.5", "1e999"), "xmax: '1e999' is no finite number"),
        (WHOLE.replace("3.5", "x" * 500), "xmax: 'xxx"),
        (WHOLE.replace(" a  crack ", " "), "object 1, name: ' ' is no printable text"),
        (WHOLE.replace("bndbox>", "polygon>"), r"object 1 \(a crack\) has no bndbox"),
        (WHOLE.replace("20", "-20"), "size, width: '-20' is no number of pixels"),
        (WHOLE.replace("20", "9" * 5000), "size, width"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + WHOLE, "document type or entities"),
        ('<!DOCTYPE a SYSTEM "http://localhost/a.dtd">' + WHOLE, "document type or entities"),
        (
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
            + WHOLE.replace("a.jpg", "&b;"),
            "document type or entities",
        ),
    ],
)
def test_what_is_refused(path, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        read(path, content)
    assert len(str(caught.value)) < 200


def test_too_large(path, monkeypatch):
    monkeypatch.setattr(voc_xml, "MAX_BYTES", 2**20)
    with pytest.raises(ValueError, match="larger than 1 MiB"):
        read(path, b" " * (2**20 + 1))


def test_missing(path):
    with pytest.raises(ValueError, match="cannot be read"):
        read_xml(path)


def test_nested_deep(path):
    inner = "<a>" * 200_000 + "</a>" * 200_000
    with contextlib.suppress(ValueError):  # newer parsers refuse it
        assert read(path, f"<annotation>{inner}</annotation>").objects == ()
