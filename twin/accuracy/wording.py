"""Numbers of the table as text."""


def figure(value: float, digits: int) -> str:
    """Plain where that is short, with an exponent where it is not; zero is 0."""
    return f"{value:.{digits}g}".replace("e-0", "e-").replace("e+0", "e+")
