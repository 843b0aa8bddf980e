"""Verdicts as JUnit XML, the form that build servers read: a suite a mission, a case a requirement."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as Xml

from services.run import RunReport
from services.words import explained, mission_time
from twin.errors import UsageError
from twin.mission.verdict import RequirementResult

FLIGHT: Final = "the flight"
"""The case that fails when the run itself did; no requirement can have this name."""


def write_junit(path: Path, reports: Sequence[RunReport]) -> None:
    """Write one file; raises UsageError when it cannot be."""
    try:
        path.write_text(junit(reports), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}; choose another --junit FILE") from error


def junit(reports: Sequence[RunReport]) -> str:
    """The document. A vacuous requirement is a failure of type `vacuous`; times are wall seconds."""
    root = Xml.Element("testsuites", name="twin")
    for report in reports:
        root.append(_suite(report))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    root.set("time", f"{sum(report.outcome.wall_s for report in reports):.3f}")
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(report: RunReport) -> Xml.Element:
    results = report.verdict.results if report.verdict else ()
    suite = Xml.Element("testsuite", name=report.mission.name)
    facts = Xml.SubElement(suite, "properties")
    for name, value in (
        ("seed", report.mission.seed),
        ("digest", report.outcome.digest),
        ("verdict", report.word),
        ("simulated_s", report.end_s),
        ("recording", report.recording or ""),
    ):
        Xml.SubElement(facts, "property", name=name, value=_printable(str(value)))
    suite.append(_flight(report))
    for result in results:
        suite.append(_case(report.mission.name, result))
    suite.set("tests", str(1 + len(results)))
    suite.set("failures", str(sum(result.outcome != "pass" for result in results)))
    suite.set("errors", str(int(report.verdict is None)))
    suite.set("skipped", "0")
    suite.set("time", f"{report.outcome.wall_s:.3f}")
    return suite


def _flight(report: RunReport) -> Xml.Element:
    outcome = report.outcome
    case = Xml.Element("testcase", classname=report.mission.name, name=FLIGHT, time=f"{outcome.wall_s:.3f}")
    if report.verdict is None:
        text = _printable(f"{outcome.cause} at {mission_time(outcome.end_t_ns)}: {outcome.text}")
        problem = Xml.SubElement(case, "error", message=text, type=outcome.cause)
        problem.text = _printable("\n".join((text, *outcome.log)))
    return case


def _case(mission: str, result: RequirementResult) -> Xml.Element:
    case = Xml.Element("testcase", classname=mission, name=result.name, time="0")
    if result.outcome != "pass":
        text = _printable(explained(result))
        problem = Xml.SubElement(case, "failure", message=text, type=result.outcome)
        problem.text = text
    return case


def _printable(text: str) -> str:
    """Without the control characters that XML 1.0 has no way to write."""
    return "".join(each if each in "\n\t" or each >= " " else "\N{REPLACEMENT CHARACTER}" for each in text)
