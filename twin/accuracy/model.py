"""What each model of the truth is worth, in the terms of NASA-STD-7009: beside the cases, their frame.

Of the credibility factors of the standard these four are stated for each model: pedigree of its
inputs, domain of validity, uncertainty, evidence. The evidence is the cases that name the model.
"""

from msgspec import Struct


class Model(Struct, frozen=True, kw_only=True):
    """One model; its evidence is every case whose `model` is the key."""

    key: str
    title: str
    pedigree: str
    domain: str
    uncertainty: str
