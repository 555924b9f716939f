"""Trains the student on CPUs: one process a core, whose weights are averaged every few steps.

    python train.py STORE --shape small --start MODEL.json --out RUN --epochs 12

`--start` holds the weights of the network of full width, in TensorFlow.js's format: of the default network
(models/default/pretrained/backbone) or of faceres (@vladmandic/human). Writes RUN/state.pt every three minutes and resumes
from it when it is there. `export.py` may be run at any time.

Local SGD (Stich, "Local SGD Converges Fast and Communicates Little", 2019) lets the processes wait for each other only
every few steps, on a machine that others use, too.
"""

import argparse
import math
import os
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F
from chips import served
from faces import YEARS, Faces, rarity, write_whole
from networks import SHAPES, Full, Shape, Student, multiplications, slim, take_in
from views import spoilt

BATCH, TOGETHER = 64, 8
LARGEST_GRADIENT = 2.0


@dataclass(frozen=True)
class Recipe:
    """How a student of a shape learns."""

    # Until this share of the steps (1: to the end), chips have this side, and the first convolution and so many pairs of
    # them stay as they are: the first ones are general and cost most.
    until: float
    side: int
    still: int
    # Rates of the convolutions and of the head rise for some steps, stay as they are, and fall from this share of the steps
    # on: so `--epochs` may be changed meanwhile.
    rate: float
    head_rate: float
    warm_up: int
    fall: float
    # Of the moving average of the weights, per step.
    decay: float
    # Faces on which the head is trained before all else: for a student that begins as the full network itself.
    head_first: int


RECIPES = {
    "default": Recipe(1, 128, 3, 2e-4, 6e-4, 40, 0.3, 0.995, 14_000),
    "small": Recipe(0.4, 96, 4, 4e-4, 1.5e-3, 300, 0.6, 0.9985, 0),
}
DROPOUT = 0.2
# Faces to fit the slim network on.
SLIM = 900
HEAD_EPOCHS, HEAD_BATCH, HEAD_DROPOUT, HEAD_TOP, HEAD_WARM_UP = 12, 256, 0.3, 2e-3, 30
# Shares of the batches.
SHARES = {"fairface": 0.46, "utkface": 0.24, "aaf": 0.18, "portrait": 0.06, "face": 0.03, "wrong": 0.02, "beside": 0.01}
SETS = ("fairface", "utkface", "aaf")
# What `--sets` calls all else.
SOURCES = {"portrait": "portraits", "face": "finds", "wrong": "finds", "beside": "finds"}
# Ages, and genders within ages, are drawn as often as they occur to the power of 1 − this.
BALANCED = 0.6
# How often faces of a group are drawn whose genders are told worst, as a factor.
OFTENER = {"Black": 1.6}
# Beside the cross entropy of ages: the mean error in years, and the likelihood of the labelled range.
YEARS_SHARE, RANGE_SHARE = 0.05, 0.3
GENDER_SHARE, FACE_SHARE, SEEN_SHARE = 2.0, 0.4, 1.0
SMALLEST_WRONG = 14
SAVE_SECONDS = 180


class Learned:
    """The faces to learn from, and how often each is drawn."""

    def __init__(self, store: Path, shape: Shape, sets: list[str], targets: str = "targets"):
        self.shape = shape
        self.pixels = np.load(store / "pixels.npy", mmap_mode="r")
        faces = Faces(store)
        targets = np.load(store / f"{targets}.npz")
        place = np.full(len(faces.set), -1)
        place[targets["index"]] = np.arange(len(targets["index"]))
        self.age, self.gender = targets["age"].astype(np.float32), targets["gender"]
        self.inside, self.ranged, self.seen = targets["inside"], targets["ranged"], targets["seen"]
        kind = np.where(np.isin(faces.set, SETS), faces.set, faces.kind)
        learned = (faces.split == "train") & (place >= 0)
        # Many of the smallest wrong finds are faces that nobody marked.
        learned &= (kind != "wrong") | (faces.size >= SMALLEST_WRONG)
        frequency = np.zeros(len(learned))
        for name, share in SHARES.items():
            own = np.flatnonzero(learned & (kind == name))
            if SOURCES.get(name, name) not in sets or len(own) == 0:
                continue
            weight = np.ones(len(own))
            if name in SETS:
                middle = np.round(self.age[place[own]] @ np.arange(YEARS)).astype(int)
                weight = rarity(middle) ** BALANCED
                woman = faces.gender[own] == 1
                for gender in (woman, ~woman):
                    band = np.bincount(middle[gender] // 5, minlength=21) / np.maximum(np.bincount(middle // 5, minlength=21), 1)
                    weight[gender] /= np.maximum(band[middle[gender] // 5], 0.1) ** BALANCED
                weight *= [OFTENER.get(group, 1) for group in faces.group[own]]
            frequency[own] = share * weight / weight.sum()
        self.index = np.flatnonzero(frequency)
        self.frequency = frequency[self.index].cumsum() / frequency.sum()
        self.place, self.isface = place, ~((kind == "wrong") | (kind == "beside"))

    def batch(self, random: np.random.Generator, side: int) -> dict[str, torch.Tensor]:
        chosen = self.draw(BATCH, random)
        chips = np.stack([spoilt(self.pixels[i], side, self.shape.extent, random, not self.isface[i]) for i in chosen])
        return {"pixels": planes(chips), **self.known(chosen)}

    def draw(self, count: int, random: np.random.Generator) -> np.ndarray:
        return self.index[np.minimum(np.searchsorted(self.frequency, random.random(count)), len(self.index) - 1)]

    def known(self, chosen: np.ndarray) -> dict[str, torch.Tensor]:
        place = self.place[chosen]
        known = {
            "age": self.age[place], "gender": self.gender[place], "inside": self.inside[place],
            "ranged": self.ranged[place], "seen": self.seen[place].astype(np.float32), "isface": self.isface[chosen],
        }
        return {name: torch.from_numpy(value) for name, value in known.items()}

    def serve(self, chosen: np.ndarray) -> torch.Tensor:
        """Faces as they are served."""
        return planes(np.stack([served(self.pixels[i], self.shape.side, self.shape.extent) for i in chosen]))

    def plain(self, count: int, seed: int = 3) -> torch.Tensor:
        return self.serve(self.draw(count, np.random.default_rng(seed)))


def planes(chips: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(chips).permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)


class Trained(torch.nn.Module):
    """The student and what it learns by, but is not served with."""

    def __init__(self, student: Student, components: int):
        super().__init__()
        self.student = student
        self.seen = torch.nn.Linear(student.hidden.in_features, components)

    def forward(self, features: torch.Tensor):
        return (*self.student.head(features), self.seen(features))


def loss_of(network: Trained, features: torch.Tensor, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, list[float]]:
    age, gender, face, seen = network(features)
    isface = batch["isface"].float()
    count = isface.sum().clamp(min=1)
    said = F.log_softmax(age, 1)
    years = torch.arange(YEARS).float()
    by_age = -(batch["age"] * said).sum(1)
    error = ((said.exp() - batch["age"]) @ years).abs()
    likelihood = torch.logsumexp(said.masked_fill(~batch["inside"], -30), 1)
    by_age = by_age + YEARS_SHARE * error - RANGE_SHARE * likelihood * batch["ranged"].float()
    by_gender = -(batch["gender"] * F.log_softmax(gender, 1)).sum(1)
    by_face = F.cross_entropy(face, batch["isface"].long(), label_smoothing=0.02)
    by_seen = F.smooth_l1_loss(seen, batch["seen"], reduction="none").mean(1)
    age_loss, gender_loss, seen_loss = ((part * isface).sum() / count for part in (by_age, by_gender, by_seen))
    loss = age_loss + GENDER_SHARE * gender_loss + FACE_SHARE * by_face + SEEN_SHARE * seen_loss
    return loss, [part.item() for part in (age_loss, gender_loss, by_face, seen_loss)]


def check(weights: torch.Tensor, step: int) -> None:
    """What isn't finite is never saved: the training resumes from the state before it."""
    if not weights.isfinite().all():
        raise SystemExit(f"Expected finite weights but some are not at step {step}.")


def teach_head(network: Trained, learned: Learned, count: int) -> None:
    """The head learns from what the network sees in some faces, which stays as it is."""
    chosen = learned.draw(count, np.random.default_rng(0))
    network.eval()
    with torch.no_grad():
        x = torch.cat([network.student.features(learned.serve(part)) for part in np.array_split(chosen, -(-count // 32))])
    network.train()
    network.student.dropout = HEAD_DROPOUT
    middle, spread = x.mean(0), x.std(0) + 1e-3
    x, known = (x - middle) / spread, learned.known(chosen)
    parameters = head_of(network)
    optimizer = torch.optim.AdamW(parameters, HEAD_TOP, weight_decay=0.02)
    steps = HEAD_EPOCHS * count // HEAD_BATCH
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = HEAD_TOP * min(1, step / HEAD_WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        batch = torch.randint(0, count, (HEAD_BATCH,))
        loss, _ = loss_of(network, x[batch], {name: values[batch] for name, values in known.items()})
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    for layer in (network.student.hidden, network.student.face, network.seen):
        take_in(layer, middle, spread)


def trunk_of(network: Trained) -> list[torch.nn.Parameter]:
    return [p for name, p in network.named_parameters() if name.split(".")[1] in ("first", "depthwise", "pointwise")]


def head_of(network: Trained) -> list[torch.nn.Parameter]:
    trunk = {id(p) for p in trunk_of(network)}
    return [p for p in network.parameters() if id(p) not in trunk]


def rate_at(step: int, steps: int, recipe: Recipe) -> float:
    return min(1, (step + 1) / recipe.warm_up, max(0.01, (1 - step / steps) / (1 - recipe.fall)))


def work(rank: int, options: argparse.Namespace) -> None:
    os.nice(max(0, 19 - os.nice(0)))
    # The scheduler deals time out to sessions: the processes are not to share one portion.
    os.setsid()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    out = Path(options.out)
    dist.init_process_group("gloo", init_method=f"file://{out.resolve()}/meeting", rank=rank, world_size=options.processes)
    shape, recipe = SHAPES[options.shape], RECIPES[options.shape]
    learned = Learned(Path(options.store), shape, options.sets.split(","), options.targets)
    network = Trained(Student(shape), learned.seen.shape[1])
    state_file = out / "state.pt"
    state = torch.load(state_file, weights_only=True) if state_file.exists() else None
    if state is None:
        if rank == 0 and not (out / "start.pt").exists():
            begin(network, learned, Full(Path(options.start)), recipe)
            write_whole(out / "start.pt", partial(torch.save, network.state_dict()))
        dist.barrier()
        network.load_state_dict(torch.load(out / "start.pt", weights_only=True))
    network.to(memory_format=torch.channels_last).train()
    tops = (recipe.rate, recipe.head_rate)
    optimizer = torch.optim.AdamW(
        [{"params": part, "lr": top, "top": top} for part, top in zip((trunk_of(network), head_of(network)), tops)],
        betas=(0.9, 0.99), weight_decay=0.02,
    )
    average = {name: value.clone() for name, value in network.state_dict().items()}
    first = 0
    if state is not None:
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        average, first = state["average"], state["step"]
        for group, top in zip(optimizer.param_groups, tops):
            group["top"] = top
    views = BATCH * options.processes
    steps = math.ceil(options.epochs * len(learned.index) / views)
    if rank == 0:
        million = multiplications(shape) / 1e6
        print(f"{million:.0f} million multiplications, {len(learned.index)} faces, {steps} steps of {views} views, from {first}", flush=True)
    network.student.dropout = DROPOUT
    parameters = [*network.parameters()]
    began = saved = time.time()
    told: list[list[float]] = []
    for step in range(first, steps):
        early = step / steps < recipe.until
        side, still = (recipe.side, recipe.still) if early else (shape.side, 0)
        for group in optimizer.param_groups:
            group["lr"] = group["top"] * rate_at(step, steps, recipe)
        batch = learned.batch(np.random.default_rng([options.seed, step, rank]), side)
        loss, parts = loss_of(network, network.student.features(batch["pixels"], still), batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, LARGEST_GRADIENT)
        optimizer.step()
        told.append(parts)
        if (step + 1) % TOGETHER == 0 or step + 1 == steps:
            with torch.no_grad():
                flat = torch.cat([p.flatten() for p in parameters])
                dist.all_reduce(flat)
                flat /= options.processes
                check(flat, step)
                start = 0
                for p in parameters:
                    p.copy_(flat[start : start + p.numel()].view_as(p))
                    start += p.numel()
                decay = min(recipe.decay, (1 + step) / (10 + step)) ** TOGETHER
                for name, value in network.state_dict().items():
                    average[name].lerp_(value, 1 - decay)
        if rank == 0 and (step + 1) % 100 == 0:
            rate = (step + 1 - first) * views / (time.time() - began)
            parts = " ".join(f"{value:.3f}" for value in np.mean(told, 0))
            print(f"{time.strftime('%H:%M')} step {step + 1} of {steps}, {rate:.0f} views a second: {parts}", flush=True)
            told = []
        together = (step + 1) % TOGETHER == 0
        if rank == 0 and ((together and time.time() - saved > SAVE_SECONDS) or step + 1 == steps):
            saved = time.time()
            kept = {"network": network.state_dict(), "average": average, "optimizer": optimizer.state_dict(), "step": step + 1}
            write_whole(state_file, partial(torch.save, kept))
    dist.barrier()


def begin(network: Trained, learned: Learned, full: Full, recipe: Recipe) -> None:
    network.student.load_state_dict(slim(full, learned.shape, learned.plain(SLIM)).state_dict())
    if recipe.head_first:
        teach_head(network, learned, recipe.head_first)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--shape", choices=SHAPES, default="default")
    parser.add_argument("--start", required=True, help="weights of the full network")
    parser.add_argument("--out", required=True)
    parser.add_argument("--sets", default="fairface,utkface,aaf,portraits,finds")
    parser.add_argument("--targets", default="targets", help="targets or permissive")
    parser.add_argument("--epochs", type=float, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "meeting").unlink(missing_ok=True)
    # Whoever ends this program ends the processes, too.
    mp.spawn(work, (options,), options.processes, daemon=True)


if __name__ == "__main__":
    main()
