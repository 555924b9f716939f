"""Computes what the student is to tell of each face, from labels and from teachers' answers.

    python targets.py STORE

The teachers are small heads on the features that existing networks have of a face (`answers.py`). Each learns from the
labels of one half of the faces and estimates age and gender of the others ("cross-fitting"; Wolpert, "Stacked
generalization", 1992), as labelled ages are years off and genders of children often wrong. The networks' own answers
count, too, though the default network has learned from these labels. Writes STORE/targets.npz, or STORE/permissive.npz.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from faces import YEARS, Faces, rarity, read_answers, rows_of, save, within

FOLDS, EPOCHS, BATCH = 2, 5, 512
# Shares of the target of a face with a labelled year: its label, the default network, the cross-fitted teachers,
# AgeGenderNet. AgeGenderNet learned from other photos than the others, and knows portraits better.
HOME = (0.45, 0.2, 0.2, 0.15)
# The same for a face whose age is labelled as a range: the default network, the cross-fitted teachers and AgeGenderNet.
# WITHIN is the share that is confined to the range; the rest stays as they estimate it.
RANGED, WITHIN = (0.15, 0.6, 0.25), 0.9
# And for portraits. The others estimate young people in them 4 to 6 years older than AgeGenderNet.
PORTRAIT = (0.1, 0.25, 0.65)
GENDER_LABEL = {"home": 0.65, "ranged": 0.85}
SMOOTHING = 0.02
# How far AgeGenderNet's ages are off: this many years, and this share of the age.
DEVIATION, SLOPE = 2.5, 0.08
# The student also learns this many principal components of what the networks see in a face.
COMPONENTS = 256


def bumps(ages: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Gaussians over the years."""
    years = np.arange(YEARS)
    bump = np.exp(-(((years - ages[:, None]) / deviation[:, None]) ** 2) / 2) + 1e-9
    return (bump / bump.sum(1, keepdims=True)).astype(np.float32)


def narrowed(ages: np.ndarray, inside: np.ndarray, share: float, least: float) -> np.ndarray:
    """
    Distributions of which `share` is confined to the labelled range.
    @param inside 1 for the years of a face's range, else 0
    @param least what each of them has at least, before: nothing of a distribution may lie in the range
    """
    own = inside * (ages + least)
    own /= np.maximum(own.sum(1, keepdims=True), 1e-9)
    return share * own + (1 - share) * ages


class Head(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.hidden, self.age, self.gender = nn.Linear(width, 384), nn.Linear(384, YEARS), nn.Linear(384, 2)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = F.dropout(F.relu(self.hidden(F.dropout(x, 0.3, self.training))), 0.5, self.training)
        return self.age(hidden), self.gender(hidden)


def lessons(faces: Faces, index: np.ndarray, years: np.ndarray) -> tuple[np.ndarray, ...]:
    """
    What heads learn of faces: labelled ages as distributions, the years of a labelled range, of both the one that there
    is, genders as probabilities, and how often each face is drawn. `years`: any estimate, to know rare ages in ranges by.
    """
    labelled, ranged, exact = faces.labelled[index], faces.ranged[index], faces.exact[index]
    label = bumps(faces.low[index].astype(float), np.minimum(1.5 + 0.03 * np.maximum(faces.low[index], 0), 3.5))
    inside = within(faces, index)
    age = np.where(ranged[:, None], inside, label)
    gender = np.where(faces.gender[index, None] == np.arange(2), 1 - SMOOTHING, SMOOTHING).astype(np.float32)
    middle = np.where(ranged, np.clip(years, faces.low[index], faces.high[index]), faces.low[index]).astype(int)
    frequency = np.zeros(len(index))
    frequency[labelled] = rarity(middle[labelled]) ** 0.5
    frequency /= np.where(ranged, frequency[ranged].sum(), frequency[exact].sum() if exact.any() else 1)
    return label, inside, age, gender, frequency


def teach(x: torch.Tensor, ages: torch.Tensor, ranged: torch.Tensor, genders: torch.Tensor, frequency: torch.Tensor, seed: int) -> Head:
    """`ages`: distributions, or for `ranged` faces 1 for each year of the range."""
    torch.manual_seed(seed)
    head = Head(x.shape[1])
    optimizer = torch.optim.AdamW(head.parameters(), 1e-3, weight_decay=0.05)
    steps = EPOCHS * len(x) // BATCH
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 1.5e-3 * min(1, step / 50) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        batch = torch.multinomial(frequency, BATCH, replacement=True)
        age, gender = head(x[batch])
        said, wanted = F.log_softmax(age, 1), ages[batch]
        likelihood = torch.logsumexp(said.masked_fill(wanted == 0, -30), 1)
        loss = -torch.where(ranged[batch], likelihood, (wanted * said).sum(1)).mean()
        loss = loss - (genders[batch] * F.log_softmax(gender, 1)).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--permissive", action="store_true", help="of FairFace, without the default network")
    options = parser.parse_args()
    store = Path(options.store)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    faces = Faces(store)
    portraits, default, faceres = (read_answers(store, name) for name in ("age-gender-net", "default", "faceres"))
    if options.permissive:
        own = faces.set[portraits["index"]] == "fairface"
        portraits, default = {name: values[own] for name, values in portraits.items()}, None
    index, features = portraits["index"], [portraits["features"]]
    if options.permissive:
        if faceres is None:
            raise SystemExit("Expected answers of faceres, too: run answers.py STORE faceres FILE --sets fairface.")
        features.append(faceres["features"][rows_of(faceres["index"], index)])
    if default:
        default = {name: values[rows_of(default["index"], index)] for name, values in default.items()}
        features.append(default["features"])
    seen = np.concatenate(features, 1).astype(np.float32)
    seen = (seen - seen.mean(0)) / (seen.std(0) + 1e-3)
    years = np.clip(portraits["age"][:, 0], 0, 100)
    portrait = bumps(years, DEVIATION + SLOPE * years)

    labelled, ranged, exact = faces.labelled[index], faces.ranged[index], faces.exact[index]
    label, inside, age, gender, frequency = lessons(faces, index, years)
    fold = np.random.default_rng(5).integers(0, FOLDS, len(index))
    x = torch.tensor(seen)
    told = np.zeros((len(index), YEARS), np.float32), np.zeros((len(index), 2), np.float32)
    for left in range(FOLDS):
        learn = np.flatnonzero(labelled & (fold != left))
        head = teach(
            x[learn], torch.tensor(age[learn]), torch.tensor(ranged[learn]), torch.tensor(gender[learn]),
            torch.tensor(frequency[learn]), left,
        )
        for part in np.array_split(np.flatnonzero((fold == left) | ~labelled), 50):
            with torch.no_grad():
                for total, answer in zip(told, head(x[part])):
                    share = np.where(labelled[part], 1, 1 / FOLDS)[:, None]
                    total[part] += share * answer.softmax(1).numpy()
    median = (told[0].cumsum(1) < 0.5).sum(1)
    right = told[1].argmax(1) == faces.gender[index]
    for name in ("aaf", "utkface", "fairface"):
        own = faces.set[index] == name
        if own.any():
            hit = (median[own] >= faces.low[index][own]) & (median[own] <= faces.high[index][own])
            off = np.abs(median[own] - faces.low[index][own]).mean()
            print(f"teachers, {name}: {off:.2f} years off, in the range {hit.mean():.1%}, gender {right[own].mean():.1%}")

    own_age, own_gender = (default["age"], default["gender"]) if default else told

    def mix(shares: tuple[float, ...], *answers: np.ndarray) -> np.ndarray:
        return sum(share * answer for share, answer in zip(shares, answers))

    mixed = mix(RANGED, own_age, told[0], portrait)
    ranged_ages = narrowed(mixed, inside, WITHIN, 1e-6)
    mixed = np.where((faces.kind[index] == "portrait")[:, None], mix(PORTRAIT, own_age, told[0], portrait), mixed)
    exact_ages = mix(HOME, label, own_age, told[0], portrait)
    ages = np.where(ranged[:, None], ranged_ages, np.where(exact[:, None], exact_ages, mixed))
    share = np.where(ranged, GENDER_LABEL["ranged"], np.where(exact, GENDER_LABEL["home"], 0))[:, None]
    # Where ages are ranges, labels of the gender are better than the default network's answers.
    taught = np.where(ranged[:, None], told[1], (own_gender + told[1]) / 2)
    genders = share * gender + (1 - share) * taught
    # Principal components, of variance 1 in the mean.
    cut = np.random.default_rng(6).permutation(len(seen))[:20_000]
    values, vectors = np.linalg.eigh(np.cov(seen[cut].T))
    components = seen @ vectors[:, ::-1][:, :COMPONENTS].astype(np.float32)
    components /= np.sqrt((components**2).sum(1).mean() / COMPONENTS)
    save(
        store / ("permissive.npz" if options.permissive else "targets.npz"),
        index=index, age=ages.astype(np.float16), gender=genders.astype(np.float32), inside=inside.astype(bool),
        ranged=ranged, labelled=labelled, seen=components.astype(np.float16),
    )


if __name__ == "__main__":
    main()
