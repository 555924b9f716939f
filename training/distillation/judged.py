"""How right a network is on the test faces."""

import hashlib
import json
from pathlib import Path

import numpy as np
from evaluate import covered, interval, quantile
from faces import YEARS, Faces

# attributes/age/group.ts
BOUNDS = ((0, 2), (4, 6), (8, 12), (15, 20), (25, 32), (38, 43), (48, 53), (60, 100))
BETWEEN = [(one[1] + other[0]) / 2 for one, other in zip(BOUNDS, BOUNDS[1:])]


def group_of(years: np.ndarray) -> np.ndarray:
    return np.searchsorted(BETWEEN, years, "right")


def network_of(folder: Path, asked: str) -> bytes:
    """The network in `folder`, which answers are about that `evaluate.py` wrote there. `asked`: theirs"""
    network = (folder / "model.onnx").read_bytes()
    if not asked.startswith(hashlib.sha256(network).hexdigest()):
        raise SystemExit(f"Expected answers of {folder / 'model.onnx'} but they are another network's. Run evaluate.py again.")
    return network


class Judged:
    """What `evaluate.py` wrote, face by face: arrays over the test faces `index`."""

    def __init__(self, faces: Faces, folder: Path):
        told = dict(np.load(folder / "answers-model.npz"))
        self.figures = json.loads((folder / "figures-model.json").read_text())
        # The network, and how it was asked.
        self.asked = str(told["asked"])
        if self.figures["asked"] != self.asked:
            raise SystemExit(f"Expected figures of the answers in {folder} but they are others'. Run evaluate.py again.")
        test = faces.split[told["index"]] == "test"
        self.index = told["index"][test]
        age, gender, low, high = told["age"][test], told["gender"][test], faces.low[self.index], faces.high[self.index]
        middle = quantile(age, 0.5).clip(0, YEARS - 1)
        self.error = np.abs(np.round(middle, 1) - low)
        self.in_range = (np.round(middle) >= low) & (np.round(middle) <= high)
        groups = np.stack([age[:, group_of(np.arange(YEARS)) == group].sum(1) for group in range(len(BOUNDS))], 1)
        # Between the most likely group and the right one.
        self.distance = np.abs(groups.argmax(1) - group_of(low))
        # Ages between two groups belong to none.
        self.in_a_group = np.any([(low >= first) & (low <= last) for first, last in BOUNDS], axis=0)
        self.covered = covered(low, *interval(age, self.figures["interval"]))
        self.confidence = gender.max(1)
        self.gender = gender.argmax(1) == faces.gender[self.index]
