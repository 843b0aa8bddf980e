"""The architecture holds: dependencies point down and the core touches nothing outside itself."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "twin").rglob("*.py"))
PLANT_DATA = sorted((ROOT / "missions").glob("vehicles/*.toml")) + sorted(
    (ROOT / "missions").glob("bodies/*.toml")
)

FORBIDDEN_CALLS = {"open", "print", "input", "eval", "exec", "compile", "__import__", "hash", "id"}
FORBIDDEN_ATTRIBUTES = {
    ("np", "random", "seed"),
    ("np", "random", "default_rng"),
    ("np", "random", "normal"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("np", "load"),
    ("np", "save"),
    ("np", "fromfile"),
}


def dotted(node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Attribute):
        return (*dotted(node.value), node.attr)
    return (node.id,) if isinstance(node, ast.Name) else ()


def impurities(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if name[-1:] and len(name) == 1 and name[0] in FORBIDDEN_CALLS:
                found.append(f"line {node.lineno}: {name[0]}()")
            if any(name[-len(bad) :] == bad for bad in FORBIDDEN_ATTRIBUTES):
                found.append(f"line {node.lineno}: {'.'.join(name)}()")
        if isinstance(node, ast.Global | ast.Nonlocal):
            found.append(f"line {node.lineno}: global state")
    return found


def test_import_linter_finds_every_layer_kept() -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_core_computes_and_does_nothing_else(path: Path) -> None:
    assert impurities(ast.parse(path.read_text())) == []


def test_the_purity_check_can_fail() -> None:
    bad = "import numpy as np\ndef f():\n    print(np.random.default_rng())\n    return open('x')\n"
    assert len(impurities(ast.parse(bad))) == 3


def unexplained_numbers(text: str) -> list[str]:
    """Lines that bear a number nobody accounts for.

    A number is accounted for by a comment on its own line, on the first line of the value that spans
    its line, or by a comment that stands right above its key or, for a list of like tables, the first.
    """
    bare, explained, depth, key = [], False, 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        code, mark, _ = line.partition("#")
        if not code.strip():
            explained = bool(mark) or (explained and bool(key.startswith("[[")))
            continue
        header = code.strip().startswith("[") and depth == 0
        if header:
            explained = explained or (bool(mark) or code.strip() == key)
            key = code.strip()
            continue
        accounted = explained or bool(mark)
        value = code.split("=", 1)[-1]
        if any(c.isdigit() for c in value) and '"' not in value and not accounted:
            bare.append(f"{number}: {line}")
        depth += code.count("[") - code.count("]")
        explained = accounted and (depth > 0 or key.startswith("[["))
    return bare


@pytest.mark.parametrize("path", PLANT_DATA, ids=lambda p: p.name)
def test_every_number_of_a_vehicle_or_body_names_its_source_or_says_assumed(path: Path) -> None:
    assert unexplained_numbers(path.read_text()) == []


def test_a_number_without_a_source_is_found() -> None:
    assert unexplained_numbers("a_m = 1.0\nb_m = 2.0  # assumed\nc = [\n  [3.0],\n]\n") == [
        "1: a_m = 1.0",
        "4:   [3.0],",
    ]
