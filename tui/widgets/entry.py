"""A field to type into that leaves the abort its key: A A goes out from anywhere, also while one types."""

from textual.widgets import Input


class Entry(Input):
    """Takes every character but A."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character != "A" and super().check_consume_key(key, character)
