"""Calibrates a network on validation faces: its ages, and how confident it is of genders.

    python calibrate.py STORE --model FOLDER --out OUT

Ages: a network learns how frequent they are among its faces, and estimates an unclear face to be of a frequent one. So the
logit of each year gets an offset (in the spirit of Menon et al., "Long-tail learning via logit adjustment", 2021). The
offsets that minimise the mean absolute error and the bias of each decade of each set alike are halved: they take half as
much of the bias away, for a third of what they would cost in the mean absolute error of all faces.

Genders: their logits are divided by the temperature under which the labels are most likely (Guo et al., "On Calibration of
Modern Neural Networks", 2017).

FOLDER is what `evaluate.py` judged: a network of `export.py` or `head.py`. Writes OUT/model.onnx.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from evaluate import DECADES
from faces import YEARS, Faces
from judged import network_of
from onnx import numpy_helper

# Years whose offsets are fitted. Those of the other years lie between.
KNOTS = torch.tensor([0.0, 4, 8, 12, 15, 18, 21, 25, 30, 40, 50, 60, 70, 80, 100])
# Weights beside the mean absolute error: of the square of the bias, in years, and of how much the offsets differ.
BIAS_WEIGHT, SMOOTHNESS = 0.1, 0.01
# A decade of a set that has fewer faces counts less.
ENOUGH = 30
STEPS, RATE = 400, 0.03
# Of the offsets that is kept.
SHARE = 0.5


def spread(knots: torch.Tensor) -> torch.Tensor:
    """From the knots to all years."""
    years = torch.arange(YEARS).float()
    right = torch.bucketize(years, KNOTS[1:-1], right=True) + 1
    left = right - 1
    share = (years - KNOTS[left]) / (KNOTS[right] - KNOTS[left])
    return knots[left] * (1 - share) + knots[right] * share


def median(logits: torch.Tensor) -> torch.Tensor:
    """`quantile(years, 0.5)` of evaluate.py, with a gradient."""
    years = logits.softmax(1)
    total = years.cumsum(1)
    place = (total < 0.5).sum(1).clamp(max=YEARS - 1)
    rows = torch.arange(len(years))
    below = total[rows, place] - years[rows, place]
    return place - 0.5 + (0.5 - below) / years[rows, place].clamp(min=1e-9)


def beyond(years: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    """How many years lie beyond the labelled range, or beside the labelled age; below it, they are negative."""
    room = torch.where(low == high, 0.0, 0.5)
    return (years - high - room).clamp(min=0) + (years - low + room).clamp(max=0)


def fit_offsets(logits: torch.Tensor, low: torch.Tensor, high: torch.Tensor, cells: torch.Tensor) -> torch.Tensor:
    """@param cells a number for each face's set and decade"""
    counts = cells.bincount().float()
    weight = counts / (counts + ENOUGH)
    weight /= weight.sum()
    mean = lambda values: torch.zeros(len(counts)).index_add(0, cells, values) / counts
    knots = torch.zeros(len(KNOTS), requires_grad=True)
    optimizer = torch.optim.Adam([knots], RATE)
    for _ in range(STEPS):
        off = beyond(median(logits + spread(knots)), low, high)
        loss = (weight * (mean(off.abs()) + BIAS_WEIGHT * mean(off) ** 2)).sum() + SMOOTHNESS * (knots.diff() ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return SHARE * spread(knots.detach() - knots.detach().mean())


def find_offsets(faces: Faces, index: np.ndarray, number: np.ndarray, years: np.ndarray) -> np.ndarray:
    """@param number the sets' @param years what the network says of the faces `index`"""
    low, high = (torch.tensor(bound[index]).float() for bound in (faces.low, faces.high))
    cells = torch.tensor(np.unique(10 * number + (faces.low[index] // 10).clip(0, DECADES), return_inverse=True)[1])
    logits = torch.tensor(np.log(years + 1e-9))
    offsets = fit_offsets(logits, low, high, cells)
    print("offsets:", {int(year): round(float(offsets[int(year)]), 2) for year in KNOTS})
    for name, values in (("before", logits), ("after", logits + offsets)):
        off = beyond(median(values), low, high)
        by = {int(10 * decade): round(float(off[(low // 10) == decade].mean()), 2) for decade in range(DECADES + 1)}
        print(f"{name}, on these faces: {off.abs().mean():.2f} years off, bias by decade {by}")
    return offsets.numpy()


def fit_temperature(logits: torch.Tensor, genders: torch.Tensor, sets: torch.Tensor) -> float:
    """Each set counts the same."""
    weight = 1 / sets.bincount().float()[sets]
    temperatures = torch.linspace(0.5, 2, 151)
    loss = [(weight * F.cross_entropy(logits / one, genders, reduction="none")).sum() for one in temperatures]
    return float(temperatures[int(torch.stack(loss).argmin())])


def constant_of(model: onnx.ModelProto, name: str) -> onnx.TensorProto:
    found = next((constant for constant in model.graph.initializer if constant.name == name), None)
    if found is None:
        raise SystemExit(f"Expected a network of export.py or of head.py but it has no {name}.")
    return found


def change(constant: onnx.TensorProto, value: np.ndarray) -> None:
    constant.CopyFrom(numpy_helper.from_array(value.astype(np.float32), constant.name))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--model", required=True)
    parser.add_argument("--sets", default="aaf,utkface,fairface", help="whose validation faces are used")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    folder, out = Path(options.model), Path(options.out)
    faces, told, sets = Faces(Path(options.store)), dict(np.load(folder / "answers-model.npz")), options.sets.split(",")
    model = onnx.load_from_string(network_of(folder, str(told["asked"])))
    # Where AgeGenderNet has a share in it, the age is more than what these logits say, and stays as it is.
    own = any(node.op_type == "Softmax" and "age" in node.output for node in model.graph.node)
    gender = [constant_of(model, f"gender.logits.{part}") for part in ("weight", "bias")]
    chosen = np.flatnonzero((faces.split[told["index"]] == "validation") & np.isin(faces.set[told["index"]], sets))
    index = told["index"][chosen]
    number = np.array([sets.index(name) for name in faces.set[index]])
    if own:
        offsets = find_offsets(faces, index, number, told["age"][chosen])
        age = constant_of(model, "age.logits.bias")
        change(age, numpy_helper.to_array(age) + offsets)
    temperature = fit_temperature(
        torch.tensor(np.log(told["gender"][chosen] + 1e-9)), torch.tensor(faces.gender[index]), torch.tensor(number)
    )
    print(f"temperature of the gender: {temperature:.2f}")
    for constant in gender:
        change(constant, numpy_helper.to_array(constant) / temperature)
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(model, out / "model.onnx")


if __name__ == "__main__":
    main()
