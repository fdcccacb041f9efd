"""Words numbers and sentences of the audit, for its pages and the terminal."""

from auxnet_cli.documents.audit import AnchorCoverage, AnchorSuggestion, Percentiles


def coverage_sentence(coverage: AnchorCoverage) -> str:
    """Returns how many defects the anchors match."""
    if not coverage.defects:
        return "There is no defect to match."
    height, width = coverage.size
    return (
        f"At {height} × {width} px the anchors of preset {coverage.preset} match "
        f"{coverage.matched} of {coverage.defects} defects "
        f"({coverage.share:.0%}) at an IoU of {coverage.match:g}."
    )


def suggestion_sentence(suggestion: AnchorSuggestion) -> str:
    """Returns what the suggested anchors would change."""
    return (
        f"Other anchors would match {suggestion.share:.0%}, with {suggestion.cost:.2g} times "
        "the arithmetic in the detection subnets:"
    )


def spread(percentiles: Percentiles) -> str:
    """Returns the 5th, 50th and 95th percentile."""
    middle = (percentiles.p5, percentiles.p50, percentiles.p95)
    return "none" if None in middle else " / ".join(short_number(value or 0) for value in middle)


def short_number(value: float) -> str:
    """Returns three significant digits without an exponent: 0.0123, 1.5, 17, 25400."""
    return f"{float(f'{value:.3g}'):g}" if abs(value) < 1000 else f"{value:.0f}"


def thousands(number: int) -> str:
    """Returns a count in at most four characters: 12568 is 12k."""
    for least, unit, letter in ((10**9, 10**9, "G"), (10**6, 10**6, "M"), (10**4, 10**3, "k")):
        if number >= least:
            return f"{number // unit}{letter}"
    return str(number)


def cell(text: str) -> str:
    """Returns text for a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")
