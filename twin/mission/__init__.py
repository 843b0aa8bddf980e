"""The mission script as types, quantities and expressions, requirements and verdicts."""
