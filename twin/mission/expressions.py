"""Conditions over declared quantities: parsed once, checked at once, never given to `eval`.

The grammar is Python's expression grammar, cut down: numbers, quoted texts, `true`, `false`, quantities,
`+ - * /`, `abs min max`, comparisons (also chained, also `in` a list of texts), `and or not`, brackets.
What a condition means is in `twin.mission.claims`: unknown is not true, and a margin is a robustness.
"""

import ast
import warnings
from collections.abc import Collection
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from twin.errors import MissionError
from twin.mission import claims
from twin.mission.claims import ANY, Claim, Number, Values, Words
from twin.mission.quantities import QUANTITIES, Quantity

__all__ = ["Expression", "Measure", "Values", "parse", "parse_number"]

DEEPEST = 40
"""Levels of operators and brackets: far above what a person writes, far below the interpreter's stack."""

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_Term = Number | Words | Claim


@dataclass(frozen=True)
class Expression:
    """A checked condition.

    `names` are the quantities it needs, `unit` is that of its margin, empty if it has none. `texts` pairs
    each text quantity with a literal it is compared to, so that a text that can never be is found at load.
    """

    text: str
    names: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    unit: str
    claim: Claim

    def holds(self, values: Values) -> Any:
        """Whether it is certainly true: bool, or an array of bool when a value is an array."""
        return claims.plain(self.claim.truth(values)[0])

    def margin(self, values: Values) -> Any:
        """Robustness at worst: positive when it holds with room; float or array; -inf when unknown."""
        return claims.plain(self.claim.margin(values)[0])

    def opposite(self) -> "Expression":
        """The condition that holds when this one certainly does not."""
        return replace(self, text=f"not ({self.text})", claim=claims.opposite(self.claim))


@dataclass(frozen=True)
class Measure:
    """A checked number: `names` are the quantities it needs, `unit` is its own (empty if it has none)."""

    text: str
    names: tuple[str, ...]
    unit: str
    number: Number

    def of(self, values: Values) -> Any:
        """Its value: float, NaN where unknown, or an array of them."""
        return claims.plain(self.number.of(values))


def parse(text: str, planes: Collection[str]) -> Expression:
    """Check `text` against the registry's quantities of `planes`; line breaks count as spaces.

    Raises MissionError: not an expression, an unknown quantity (with the nearest names), a text where a
    number belongs, units that do not match.
    """
    line = " ".join(text.split())
    reader = _Reader(line, planes)
    claim = reader.claim(_tree(line), 0)
    return Expression(line, tuple(reader.names), tuple(reader.texts), claim.unit, claim)


def parse_number(text: str, planes: Collection[str]) -> Measure:
    """Check `text` as a number over the quantities of `planes`; raises MissionError as `parse` does."""
    line = " ".join(text.split())
    reader = _Reader(line, planes)
    number = reader.number(_tree(line), 0)
    return Measure(line, tuple(reader.names), number.unit, number)


def _tree(line: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            # The interpreter's advice on odd escapes and literals is for authors of Python, not of missions.
            warnings.simplefilter("ignore")
            return ast.parse(line, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        raise MissionError(f"`{line}` is not a condition: {reason}") from None


class _Reader:
    """Walks one syntax tree; whatever is not handled by name is refused."""

    def __init__(self, text: str, planes: Collection[str]) -> None:
        self.text = text
        self.planes = planes
        self.names: dict[str, None] = {}
        self.texts: dict[tuple[str, str], None] = {}

    def refusal(self, reason: str) -> MissionError:
        return MissionError(f"in `{self.text}`: {reason}")

    def claim(self, node: ast.expr, depth: int) -> Claim:
        term = self.term(node, depth)
        if isinstance(term, Claim):
            return term
        raise self.refusal(f"`{_shown(node)}` is a {_kind(term)}, a condition is wanted: compare it")

    def number(self, node: ast.expr, depth: int) -> Number:
        term = self.term(node, depth)
        if isinstance(term, Number):
            return term
        raise self.refusal(f"`{_shown(node)}` is a {_kind(term)}, a number is wanted")

    def term(self, node: ast.expr, depth: int) -> _Term:
        if depth > DEEPEST:
            raise self.refusal(f"nested deeper than {DEEPEST}")
        match node:
            case ast.Constant() | ast.Name() | ast.Attribute():
                return self.leaf(node)
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                return self.logic(node, depth + 1)
            case ast.BinOp() | ast.Call() | ast.UnaryOp(op=ast.USub()):
                return self.arithmetic(node, depth + 1)
        raise self.not_allowed(node)

    def not_allowed(self, node: ast.expr) -> MissionError:
        return self.refusal(f"`{_shown(node)}` is not allowed in a condition")

    def leaf(self, node: ast.Constant | ast.Name | ast.Attribute) -> _Term:
        match node:
            case ast.Constant(value=bool() as value):
                return claims.constant(value)
            case ast.Constant(value=int() | float() as value) if abs(value) < 1e300:
                number = float(value)
                return Number(ANY, lambda values: number)
            case ast.Constant(value=str() as word):
                return Words("", lambda values: word)
            case ast.Constant():
                raise self.not_allowed(node)
            case ast.Name(id="true" | "false" as word):
                return claims.constant(word == "true")
        return self.quantity(ast.unparse(node))

    def quantity(self, name: str) -> _Term:
        found = self.registered(name)
        self.names[name] = None
        match found.kind:
            case "number":
                return claims.number_named(name, found.unit)
            case "text":
                return claims.words_named(name)
            case "flag":
                return claims.flag_named(name)

    def registered(self, name: str) -> Quantity:
        found = QUANTITIES.get(name)
        if found is None:
            legal = [quantity.name for quantity in QUANTITIES.values() if quantity.plane in self.planes]
            near = get_close_matches(name, legal, n=3, cutoff=0.5)
            hint = f"nearest: {', '.join(near)}" if near else "`twin quantities` lists them"
            raise self.refusal(f"unknown quantity `{name}`; {hint}")
        if found.plane not in self.planes:
            seen = ", ".join(self.planes)
            raise self.refusal(
                f"`{name}` is of the {found.plane} plane, which is not seen here; seen: {seen}"
            )
        return found

    def logic(self, node: ast.expr, depth: int) -> Claim:
        match node:
            case ast.BoolOp(op=ast.And(), values=parts):
                return claims.every([self.claim(part, depth) for part in parts])
            case ast.BoolOp(values=parts):
                return claims.some([self.claim(part, depth) for part in parts])
            case ast.UnaryOp(operand=operand):
                return claims.opposite(self.claim(operand, depth))
            case ast.Compare(left=left, ops=ops, comparators=rest):
                links = zip([left, *rest[:-1]], ops, rest, strict=True)
                chain = [self.link(a, op, b, depth) for a, op, b in links]
                return chain[0] if len(chain) == 1 else claims.every(chain)
        raise self.not_allowed(node)

    def arithmetic(self, node: ast.expr, depth: int) -> Number:
        match node:
            case ast.UnaryOp(operand=operand):
                return claims.negative(self.number(operand, depth))
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self.number(left, depth), self.number(right, depth)
                return self.combined(node, a, op, b)
            case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in ("abs", "min", "max"):
                return self.call(name, [self.number(each, depth) for each in given])
        raise self.not_allowed(node)

    def combined(self, node: ast.expr, a: Number, op: ast.operator, b: Number) -> Number:
        match op:
            case ast.Add():
                return claims.sum_of(a, b, self.common([a, b]))
            case ast.Sub():
                return claims.difference(a, b, self.common([a, b]))
            case ast.Mult():
                return claims.product(a, b)
            case ast.Div():
                return claims.quotient(a, b)
        raise self.not_allowed(node)

    def call(self, name: str, given: list[Number]) -> Number:
        if not given or (name == "abs") != (len(given) == 1):
            raise self.refusal(f"`{name}` takes {'one number' if name == 'abs' else 'two numbers or more'}")
        if name == "abs":
            return claims.absolute(given[0])
        return (claims.least if name == "min" else claims.most)(given, self.common(given))

    def link(self, left: ast.expr, op: ast.cmpop, right: ast.expr, depth: int) -> Claim:
        if isinstance(op, ast.In | ast.NotIn):
            found = self.membership(left, right, depth)
            return found if isinstance(op, ast.In) else claims.opposite(found)
        sign = _SIGNS.get(type(op))
        if sign is None:
            raise self.refusal("compare with < <= > >= == != or `in`")
        return self.comparison(self.term(left, depth), sign, self.term(right, depth))

    def comparison(self, a: _Term, sign: str, b: _Term) -> Claim:
        match a, b:
            case Number(), Number():
                return claims.compared(a, sign, b, self.common([a, b]))
            case Words(), Words():
                return self.words(a, sign, b)
        if isinstance(a, Claim) or isinstance(b, Claim):
            raise self.refusal("a condition cannot be compared; say it, or `not` it")
        raise self.refusal("a text and a number cannot be compared")

    def words(self, a: Words, sign: str, b: Words) -> Claim:
        if sign not in ("==", "!="):
            raise self.refusal("texts are compared with == or !=")
        for one, other in ((a, b), (b, a)):
            if one.name and not other.name:
                self.texts[one.name, other.of({})] = None
        same = claims.same_words(a, b)
        return same if sign == "==" else claims.opposite(same)

    def membership(self, left: ast.expr, right: ast.expr, depth: int) -> Claim:
        if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
            raise self.refusal("`in` wants a list of texts on its right")
        term = self.term(left, depth)
        return claims.some([self.comparison(term, "==", self.term(each, depth)) for each in right.elts])

    def common(self, numbers: list[Number]) -> str:
        units = list(dict.fromkeys(each.unit for each in numbers if each.unit != ANY))
        if len(units) > 1:
            raise self.refusal(f"{units[0]} and {units[1]} do not match")
        return units[0] if units else ANY


def _kind(term: _Term) -> str:
    match term:
        case Number():
            return "number"
        case Words():
            return "text"
        case Claim():
            return "condition"


def _shown(node: ast.expr) -> str:
    return ast.unparse(node)[:60]
