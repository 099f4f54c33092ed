"""Runs every concern over the whole catalogue and collects all findings."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from yaml import Node

from records.base import CHINA
from services_catalog.lint import conditions, form, names, people, privacy, reading, sourcing, talking, ways
from services_catalog.lint.codes import codes
from services_catalog.lint.finding import Finding, Severity, Spot
from services_catalog.lint.library import Library, open_library
from services_catalog.loader import CATALOG_DIR
from services_catalog.yaml_source import CatalogError, composed, line_in

CONCERNS: tuple[Callable[[Library], Iterator[Spot]], ...] = (
    reading.check,
    names.check,
    talking.check,
    sourcing.check,
    privacy.check,
    ways.check,
    form.check,
    conditions.check,
    people.check,
)


def lint(root: Path = CATALOG_DIR, *, today: date | None = None) -> list[Finding]:
    """Every finding of every file below `root`, by file and line; what does not load hides nothing of the rest.

    Raises nothing for what is wrong in a file. `today`, in China, decides what is stale.
    """
    return findings_of(open_library(root, today or datetime.now(CHINA).date()))


def findings_of(library: Library) -> list[Finding]:
    """Every finding of a catalogue that was read, by file and line."""
    found = {_unusable(error) for error in (*library.reading.errors, *library.unreadable)}
    spots = [spot for concern in CONCERNS for spot in concern(library)]
    found.update(_located(spots))
    return sorted(found, key=lambda each: (str(each.path), each.line, each.code, each.what))


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with which a catalogue is not to be published."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _unusable(error: CatalogError) -> Finding:
    code = codes()[error.fault]
    return Finding(code.code, code.severity, error.path, error.line, error.reason, code.remedy)


def _located(spots: Iterable[Spot]) -> Iterator[Finding]:
    """The spots with their lines; a file is composed once, and only where something was found in it."""
    nodes: dict[Path, Node | None] = {}
    for spot in sorted(spots, key=lambda each: str(each.path)):
        if spot.at and spot.path not in nodes:
            nodes = {spot.path: _nodes(spot.path)}
        line = line_in(nodes[spot.path], spot.at) if spot.at else 1
        code = codes()[spot.code]
        yield Finding(code.code, code.severity, spot.path, line, spot.what, code.remedy)


def _nodes(path: Path) -> Node | None:
    """The nodes of a file; none where it was taken away or changed since it was read, as a maintainer saves it."""
    try:
        return composed(path)
    except CatalogError:
        return None
