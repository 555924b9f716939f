"""Finds by how much each year is told too seldom, so that no age is drawn to the middle.

    python flatten.py STORE --answers FOLDER/answers-model.npz --out FOLDER/prior.json

A network learns how frequent ages are among its faces, and an unclear face is told to be of the most frequent ones. On
the validation faces, each decade of each set weighed the same, one number for every tenth year, and between them what
lies between, is fitted to be added to the logits of the years (least negative log-likelihood). `export.py --prior` makes
it a part of the network.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from evaluate import known_ages, quantile
from store import YEARS
from targets import Faces, within

KNOTS = torch.tensor([0.0, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 100])
# Weight of the numbers' deviation from each other in the loss.
SMOOTH = 0.003
# Cells are weighed by how many faces they hold to the power of 1 − this.
BALANCED = 0.8


def spread(knots: torch.Tensor) -> torch.Tensor:
    """From the knots to all years."""
    years = torch.arange(YEARS).float()
    right = torch.bucketize(years, KNOTS[1:-1], right=True) + 1
    left = right - 1
    share = (years - KNOTS[left]) / (KNOTS[right] - KNOTS[left])
    return knots[left] * (1 - share) + knots[right] * share


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--answers", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    faces, told = Faces(Path(options.store)), dict(np.load(options.answers))
    chosen = np.flatnonzero(faces.split[told["index"]] == "validation")
    index = told["index"][chosen]
    logits = torch.tensor(np.log(told["age"][chosen] + 1e-9))
    inside = torch.tensor(within(faces, index)).bool()
    # A labelled year is known to two years or so.
    exact = torch.tensor(faces.exact[index])
    years = torch.arange(YEARS).float()
    bump = torch.softmax(-(((years - torch.tensor(faces.low[index])[:, None]) / 2.5) ** 2) / 2, 1)
    ages = known_ages(faces, index)
    cells = np.unique(np.stack([(faces.set[index] == name) * (1 + i) for i, name in enumerate(("aaf", "utkface", "fairface"))]).sum(0) * 100 + ages // 10, return_inverse=True)[1]
    weight = torch.tensor((1.0 / np.maximum(np.bincount(cells), 20)[cells]) ** BALANCED).float()
    weight /= weight.sum()
    knots = torch.zeros(len(KNOTS), requires_grad=True)
    optimizer = torch.optim.LBFGS([knots], max_iter=200, line_search_fn="strong_wolfe")

    def loss_of() -> torch.Tensor:
        said = F.log_softmax(logits + spread(knots), 1)
        likelihood = torch.where(exact, (bump * said).sum(1), torch.logsumexp(said.masked_fill(~inside, -60), 1))
        return -(weight * likelihood).sum() + SMOOTH * ((knots[1:] - knots[:-1]) ** 2).sum()

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss

    optimizer.step(step)
    prior = spread(knots.detach() - knots.detach().mean())
    Path(options.out).write_text(json.dumps([round(float(value), 4) for value in prior]))
    print("added to the logits:", dict(zip(KNOTS.int().tolist(), [round(float(v), 2) for v in knots.detach() - knots.detach().mean()])))
    for name, values in (("before", logits), ("after", logits + prior)):
        off = quantile(values.softmax(1).numpy(), 0.5) - ages
        by = {int(10 * d): round(float(off[ages // 10 == d].mean()), 2) for d in range(9) if (ages // 10 == d).sum() > 20}
        home = exact.numpy()
        print(name, f"{np.abs(off[home]).mean():.2f} years off at home, bias by decade {by}")


if __name__ == "__main__":
    main()
