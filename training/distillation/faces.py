"""What is known of the faces of a store, and what networks answered about them."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

YEARS = 101


class Faces:
    """What is known of the faces of a store, as arrays."""

    def __init__(self, store: Path):
        rows = json.loads((store / "faces.json").read_text())
        self.set = np.array([row["set"] for row in rows])
        self.split = np.array([row["split"] for row in rows])
        self.kind = np.array([row["kind"] for row in rows])
        self.group = np.array([row["group"] for row in rows])
        self.low, self.high, self.gender = (np.array([row[name] for row in rows]) for name in ("low", "high", "gender"))
        # In pixels of the photo; of labelled faces it isn't known.
        self.size = np.array([row.get("size", math.inf) for row in rows])
        self.confidence = np.array([row.get("confidence", 1.0) for row in rows])
        self.labelled = self.low >= 0
        self.exact = self.labelled & (self.low == self.high)
        self.ranged = self.labelled & ~self.exact


def within(faces: Faces, index: np.ndarray) -> np.ndarray:
    """1 for the years of a face's range, else 0."""
    years = np.arange(YEARS)
    return ((years >= faces.low[index, None]) & (years <= faces.high[index, None])).astype(np.float32)


def rarity(ages: np.ndarray) -> np.ndarray:
    """How rare each age is: one over how many there are, in the mean of five years."""
    counts = np.bincount(ages, minlength=YEARS)
    smooth = np.convolve(np.pad(counts, 2, mode="edge"), np.ones(5) / 5, "valid")
    return 1 / np.maximum(smooth, 5)[ages]


def write_whole(file: Path, write: Callable[[Path], None]) -> None:
    """Or not at all, should the program end meanwhile."""
    unfinished = file.with_suffix(f".new{file.suffix}")
    write(unfinished)
    unfinished.replace(file)


def save(file: Path, **arrays: np.ndarray) -> None:
    write_whole(file, lambda unfinished: np.savez(unfinished, **arrays))


def read_answers(store: Path, name: str) -> dict[str, np.ndarray] | None:
    """What a network answered (`answers.py`), in the order of the faces' numbers."""
    file = store / f"{name}.npz"
    if not file.exists():
        return None
    answers = dict(np.load(file))
    del answers["asked"]
    order = np.argsort(answers["index"])
    return {key: values[order] for key, values in answers.items()}


def rows_of(known: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Where the faces `index` are in `known`, which is in order."""
    rows = np.searchsorted(known, index).clip(max=len(known) - 1)
    if not np.array_equal(known[rows], index):
        raise SystemExit("Expected the networks to be asked about the same faces: run answers.py to its end for each.")
    return rows
