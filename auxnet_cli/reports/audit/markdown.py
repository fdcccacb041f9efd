"""The audit as Markdown."""

from typing import Any

_SHOWN = 100

Document = dict[str, Any]


def markdown(document: Document) -> str:
    """The page ``audit.md`` of an audit as in ``audit.json``."""
    counts, findings = document["counts"], document["findings"]
    lines = ["# Audit", ""]
    if counts:
        lines += ["| finding | number |", "|---|---:|"]
        lines += [f"| {kind} | {number} |" for kind, number in counts.items()]
    else:
        lines += ["Nothing odd was found."]
    if "statistics" in document:
        lines += _contents(document["statistics"])
    if document.get("near_duplicates"):
        lines += _near_duplicates(document["near_duplicates"])
    if document.get("coverage"):
        lines += _coverage(document["coverage"])
    for kind in counts:
        found = [finding for finding in findings if finding["kind"] == kind]
        lines += ["", f"## {kind}", "", "| file | what | done |", "|---|---|---|"]
        lines += [
            f"| {_cell(one['file'])} | {_cell(one['detail'])} | {_cell(one['action'])} |"
            for one in found[:_SHOWN]
        ]
        if len(found) > _SHOWN:
            lines += ["", f"and {len(found) - _SHOWN} more: see audit.json."]
    return "\n".join(lines) + "\n"


def _contents(figures: dict[str, Any]) -> list[str]:
    lines = ["", "## What the data set holds", ""]
    lines += ["| class | images | defects | of 1-3 px | area, px | box side at network size, px |"]
    lines += ["|---|---:|---:|---:|---|---|"]
    for name, own in figures["classes"].items():
        cells = [
            _cell(name),
            str(own["images"]),
            str(own["defects"]),
            str(own["tiny"]),
            spread(own["area_px"]),
            spread(own["network"]["side"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    defects, grey = figures["defects"], figures["brightness"]
    common = figures["image_sizes"]["commonest"]
    sizes = ", ".join(f"{one['width']} × {one['height']} ({one['images']})" for one in common)
    return [
        *lines,
        "",
        "Spreads are the 5th, 50th and 95th percentile.",
        "",
        f"- Height over width of boxes at network size: "
        f"{spread(defects['network']['height_over_width'])}.",
        f"- Boxes thinner than a pixel at network size: "
        f"{defects['thinner_than_1_px_at_network_size']} of {defects['number']}.",
        f"- Brightness of images, mean grey 0-255: {spread(grey)}.",
        f"- Image sizes, width × height (images): {sizes}"
        + (", …" if figures["image_sizes"]["different"] > len(common) else "")
        + ".",
    ]


def _near_duplicates(groups: list[list[str]]) -> list[str]:
    largest = max(groups, key=len)
    return [
        "",
        "## Near-duplicate groups",
        "",
        f"{len(groups)} groups of photos that look like photos of one part; the largest has "
        f"{len(largest)}. Each stays in one split.",
    ]


def _coverage(coverage: dict[str, Any]) -> list[str]:
    lines = ["", "## Anchor coverage", "", told(coverage), ""]
    lines += ["| class | defects | matched | by their best anchor only |", "|---|---:|---:|---:|"]
    for name, own in coverage["classes"].items():
        lines.append(
            f"| {_cell(name)} | {own['defects']} | {own['matched']} | "
            f"{own['defects'] - own['matched']} |"
        )
    if coverage["suggestion"]:
        lines += ["", advice(coverage["suggestion"])]
        lines += ["", "```", *coverage["suggestion"]["options"], "```"]
    return lines


def told(coverage: dict[str, Any]) -> str:
    """The coverage in a sentence."""
    height, width = coverage["size"]
    if not coverage["defects"]:
        return "There is no defect to match."
    return (
        f"At {height} × {width} px the anchors of preset {coverage['preset']} match "
        f"{coverage['matched']} of {coverage['defects']} defects "
        f"({coverage['share']:.0%}) at an IoU of {coverage['match']:g}."
    )


def advice(suggestion: dict[str, Any]) -> str:
    """What another setting would give, in a sentence."""
    return (
        f"Other anchors would match {suggestion['share']:.0%}, with {suggestion['cost']:.2g} times "
        "the arithmetic in the detection subnets:"
    )


def spread(found: dict[str, Any]) -> str:
    """5th, 50th and 95th percentile in a few figures."""
    if found["p50"] is None:
        return "none"
    return " / ".join(figure(found[name]) for name in ("p5", "p50", "p95"))


def figure(value: float) -> str:
    """Three figures, and no exponent: 0.0123, 1.5, 17, 25400."""
    return f"{float(f'{value:.3g}'):g}" if abs(value) < 1000 else f"{value:.0f}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
