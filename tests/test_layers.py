"""The architecture holds: dependencies point down and the core touches nothing outside itself."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "twin").rglob("*.py"))
PLANT_DATA = sorted((ROOT / "missions").glob("vehicles/*.toml")) + sorted((ROOT / "missions").glob("bodies/*.toml"))

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
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_core_computes_and_does_nothing_else(path: Path) -> None:
    assert impurities(ast.parse(path.read_text())) == []


def test_the_purity_check_can_fail() -> None:
    bad = "import numpy as np\ndef f():\n    print(np.random.default_rng())\n    return open('x')\n"
    assert len(impurities(ast.parse(bad))) == 3


@pytest.mark.parametrize("path", PLANT_DATA, ids=lambda p: p.name)
def test_every_number_of_a_vehicle_or_body_names_its_source_or_says_assumed(path: Path) -> None:
    def bears_number(line: str) -> bool:
        code = line.split("#")[0]
        value = code.split("=", 1)[1] if "=" in code else code
        return not line.startswith("#") and '"' not in value and any(c.isdigit() for c in value)

    bare = [
        f"{number}: {line}"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if bears_number(line) and "#" not in line
    ]
    assert bare == []
