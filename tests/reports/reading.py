"""Reads what reports show: pages, as a parser sees them, pictures within, and the terminal."""

import base64
import io
from html.parser import HTMLParser

import cv2
import numpy as np
from rich.console import Console

VOID = {"meta", "img", "link", "br", "rect", "line"}


def decode(source):
    """The picture of a data URI."""
    coded = base64.b64decode(source.split(",")[1])
    return cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_COLOR)


def printed(renderable, width=80):
    """What a terminal of a width shows, without colours."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(renderable)
    return console.file.getvalue()


class Page(HTMLParser):
    """Checks that tags nest, and collects what a browser would load, link and show."""

    def __init__(self, text):
        super().__init__()
        self.open, self.sources, self.links, self.ids, self.tags = [], [], [], [], []
        self.scopes, self.words = [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "img" or "alt" in attributes
        for values, names in (
            (self.sources, ("src", "srcset", "data")),
            (self.links, ("href", "xlink:href")),
            (self.ids, ("id",)),
            (self.scopes, ("scope",)),
        ):
            values += [attributes[name] for name in names if name in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data

    def check(self, side):
        """It runs nothing, needs no other file, and its pictures are at most ``side`` pixels."""
        assert not {"script", "iframe", "object", "embed", "form"} & set(self.tags)
        assert self.sources
        assert all(source.startswith("data:image/jpeg;base64,") for source in self.sources)
        assert {*self.links} - {"data:,"} <= {f"#{name}" for name in self.ids}
        assert len(self.ids) == len(set(self.ids))
        assert all(max(decode(source).shape) <= side for source in self.sources)
