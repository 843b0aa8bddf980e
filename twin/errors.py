"""The errors of the product, named by whose fault they are."""


class TwinError(Exception):
    """Base of every error this product raises on purpose: says what, where and what to do."""


class UsageError(TwinError):
    """Our caller asked for something impossible."""


class ContractError(TwinError):
    """A peer broke the wire contract; `place` is the path inside the message."""

    def __init__(self, message: str, *, place: str = "") -> None:
        super().__init__(f"{message} (at {place})" if place else message)
        self.place = place


class MissionError(TwinError):
    """A mission file, or a file it names, is wrong; `place` is file and key."""

    def __init__(self, message: str, *, place: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place


class TraceMismatchError(TwinError):
    """Two runs that should be equal differ; the first difference is named."""


class RecordingError(TwinError):
    """A recording cannot be read as what it claims to be: corrupt, cut, or of another version."""


class NdmError(TwinError):
    """A navigation data message is not one; `place` is the line of its text, or the element of its XML."""

    def __init__(self, message: str, *, place: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
