"""Cuts chips out of kept faces as the pipeline cuts them out of photos (vision/chips.ts), byte for byte."""

import hashlib
import json
from pathlib import Path

import numpy as np

# What is kept of a face, in sizes of the face (training/dataset/prepared.ts).
KEPT = 1.8
PIXELS_PER_SAMPLE, MOST_SAMPLES = 1.5, 3
FRACTION = 16
ONE = 1 << FRACTION


def served(face: np.ndarray, side: int, extent: float, mirror: bool = False) -> np.ndarray:
    """@param face a square, of KEPT times the face's size, n × n × 3 bytes @returns side × side × 3 bytes"""
    kept = len(face)
    step = kept / KEPT * extent / side
    first = kept / 2 + (0.5 - 0.5 * side) * step
    cut = _average if step > PIXELS_PER_SAMPLE else _interpolate
    chip = cut(face, first, step, side)
    return chip[:, ::-1] if mirror else chip


def _average(face: np.ndarray, first: float, step: float, side: int) -> np.ndarray:
    """Each pixel of the chip is the mean of several of the face."""
    each_way = min(MOST_SAMPLES, _round(step))
    offsets = np.array([_round(((place + 0.5) / each_way - 0.5) * step) for place in range(each_way)])
    places = _fixed(first - offsets.mean()) + np.arange(side) * _fixed(step)
    places = places.clip(-offsets.min() * ONE, (len(face) - 1 - offsets.max()) * ONE) >> FRACTION
    samples = (places[:, None] + offsets).reshape(-1)
    total = face[samples][:, samples].reshape(side, each_way, side, each_way, 3).sum((1, 3), dtype=np.int64)
    count = each_way**2
    return ((total + (count >> 1)) * -(-(1 << 20) // count) >> 20).astype(np.uint8)


def _interpolate(face: np.ndarray, first: float, step: float, side: int) -> np.ndarray:
    """Each pixel of the chip lies between four of the face."""
    places = (_fixed(first - 0.5) + np.arange(side) * _fixed(step)).clip(0, (len(face) - 1) * ONE)
    near = places >> FRACTION
    far = np.minimum(near + 1, len(face) - 1)
    share = places >> 8 & 255
    across, down = share[None, :], share[:, None]
    weights = (ONE - (across << 8) - (down << 8) + across * down, (across << 8) - across * down, (down << 8) - across * down, across * down)
    corners = (face[near][:, near], face[near][:, far], face[far][:, near], face[far][:, far])
    total = sum(weight[..., None] * corner.astype(np.int64) for weight, corner in zip(weights, corners))
    return (total + ONE // 2 >> FRACTION).astype(np.uint8)


def _round(value: float) -> int:
    """JavaScript's Math.round."""
    return int(np.floor(value + 0.5))


def _fixed(value: float) -> int:
    return _round(value * ONE)


def check() -> None:
    """chips.json has digests of what the pipeline cuts, which its own tests know, too."""
    for case in json.loads((Path(__file__).parent / "chips.json").read_text()):
        kept = case["kept"]
        face = (np.arange(kept * kept * 3) * 7919 >> 5).astype(np.uint8).reshape(kept, kept, 3)
        chip = served(face, case["side"], case["extent"])
        if hashlib.sha256(chip.tobytes()).hexdigest() != case["sha256"]:
            raise SystemExit(f"Expected chips.py to cut as vision/chips.ts does, but it does not: {case}.")
