"""A message's text as a list of keywords and rows, from keyword-value notation or from XML.

XML is flattened to what the same message would be in keyword-value notation, so that one reader serves both.
"""

import re
from typing import NamedTuple
from xml.etree import ElementTree

from twin.errors import NdmError

LONGEST = 50_000_000
"""Characters of one message; a day of states each second takes ten million."""
_KEY = re.compile(r"[A-Z][A-Z0-9_]*")
_UNITS = re.compile(r"\s*\[[^\]]*\]$")


class Token(NamedTuple):
    """`key = value` at a place; a row of numbers has no key, a mark like META_START no value."""

    place: str
    key: str
    value: str


def tokens(text: str) -> list[Token]:
    """Everything but comments and blank lines. Raises NdmError for text that is in neither notation."""
    if len(text) > LONGEST:
        raise NdmError(f"{len(text)} characters; at most {LONGEST} are taken")
    body = text.lstrip("\ufeff \t\r\n")
    found = _from_xml(body) if body.startswith("<") else _from_lines(text.removeprefix("\ufeff"))
    if not found or not re.fullmatch(r"CCSDS_[A-Z]+_VERS", found[0].key):
        raise NdmError("not a CCSDS message: it does not begin with CCSDS_..._VERS")
    return found


def _from_lines(text: str) -> list[Token]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.split()[0] == "COMMENT":
            continue
        key, equals, value = (part.strip() for part in stripped.partition("="))
        place = f"line {number}"
        if equals and _KEY.fullmatch(key):
            found.append(Token(place, key, _UNITS.sub("", value)))
        elif not equals:
            found.append(Token(place, key, "") if _KEY.fullmatch(key) else Token(place, "", stripped))
        else:
            raise NdmError(f"{stripped:.40} is neither KEYWORD = value nor a row", place=place)
    return found


def _from_xml(text: str) -> list[Token]:
    # Entities have no use in these messages and many misuses.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NdmError("a document type or entity is not taken in a message")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise NdmError(f"not XML: {error}") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.tag == "ndm":
        root = _only(root)
    found = [Token("root", root.get("id", ""), root.get("version", ""))]
    for header in root.iterfind("header"):
        found += _leaves(header)
    for number, segment in enumerate(root.iterfind("body/segment"), 1):
        found += _segment(segment, f"segment {number}", found[0].key)
    return found


def _only(combined: ElementTree.Element) -> ElementTree.Element:
    """The one message of a combined instantiation, which is how catalogues send even one set."""
    messages = [each for each in combined if each.get("id", "").startswith("CCSDS_")]
    if len(messages) != 1:
        raise NdmError(f"{len(messages)} messages in one <ndm>; one is taken at a time")
    return messages[0]


def _segment(segment: ElementTree.Element, place: str, kind: str) -> list[Token]:
    metadata = [token for part in segment.iterfind("metadata") for token in _leaves(part)]
    data = [each for part in segment.iterfind("data") for each in part]
    if kind == "CCSDS_OMM_VERS":
        return metadata + [token for each in data for token in _leaves(each)]
    found = [Token(place, "META_START", ""), *metadata, Token(place, "META_STOP", "")]
    attitude = kind == "CCSDS_AEM_VERS"
    found += [Token(place, "DATA_START", "")] if attitude else []
    for number, each in enumerate(data, 1):
        found += _datum(each, f"{place}, {each.tag} {number}")
    return found + ([Token(place, "DATA_STOP", "")] if attitude else [])


def _datum(element: ElementTree.Element, place: str) -> list[Token]:
    """One element of a segment's data: a row, or a covariance as its block."""
    if element.tag == "COMMENT":
        return []
    leaves = [(leaf.tag, (leaf.text or "").strip()) for leaf in element.iter() if len(leaf) == 0]
    leaves = [leaf for leaf in leaves if leaf[0] != "COMMENT"]
    if element.tag == "covarianceMatrix":
        return _covariance(leaves, place)
    if element.tag not in ("stateVector", "attitudeState"):
        return [Token(place, element.tag, "")]
    return [Token(place, "", " ".join(value for _, value in _in_order(leaves, place)))]


def _in_order(leaves: list[tuple[str, str]], place: str) -> list[tuple[str, str]]:
    """As in a row: the epoch first, and of a quaternion the scalar last, whichever way XML has them."""
    if not leaves or leaves[0][0] != "EPOCH" or any(not value or " " in value for _, value in leaves):
        raise NdmError("an EPOCH, then one value an element", place=place)
    order = ("Q1", "Q2", "Q3", "QC", "Q1_DOT", "Q2_DOT", "Q3_DOT", "QC_DOT")
    turned = iter(
        sorted((leaf for leaf in leaves if leaf[0] in order), key=lambda leaf: order.index(leaf[0]))
    )
    return [next(turned) if leaf[0] in order else leaf for leaf in leaves]


def _covariance(leaves: list[tuple[str, str]], place: str) -> list[Token]:
    keys = [
        Token(place, key, value) for key, value in leaves if not key.startswith("C") or key.startswith("COV")
    ]
    numbers = [value for key, value in leaves if key.startswith("C") and not key.startswith("COV")]
    rows = [numbers[k * (k + 1) // 2 : (k + 1) * (k + 2) // 2] for k in range(6)]
    rows += [numbers[21:]] if len(numbers) > 21 else []
    block = [Token(place, "", " ".join(row)) for row in rows]
    return [Token(place, "COVARIANCE_START", ""), *keys, *block, Token(place, "COVARIANCE_STOP", "")]


def _leaves(parent: ElementTree.Element) -> list[Token]:
    found = []
    for leaf in parent.iter():
        if len(leaf) == 0 and leaf.tag != "COMMENT":
            key = f"USER_DEFINED_{leaf.get('parameter')}" if leaf.tag == "USER_DEFINED" else leaf.tag
            found.append(Token(f"<{leaf.tag}>", key, (leaf.text or "").strip()))
    return found
