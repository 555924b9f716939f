"""Learns a small network from two large ones, on one GPU in a quarter of an hour.

    node models/distillation/export.ts WEIGHTS
    python distil.py PREPARED... --weights WEIGHTS --out STUDENT
    npm run trial -- PREPARED... --weights STUDENT/model.json --task ...

Two teachers, each AgeGenderNet and faceres with all layers trained and a small network on top, learn age and gender
from the training faces. The student, faceres' MobileNet at 160 pixels, learns from their answers to the very views
that it sees itself (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015; Beyer et al.,
"Knowledge distillation: A good teacher is patient and consistent", 2022) and, for a third, from the labels.
"""

import argparse
import copy
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from faces import YEARS, Faces
from networks import Student, Teacher, read_published, write_weights
from tqdm import tqdm

BATCH = 256
# Of layers that come with weights, and of fresh ones.
PRETRAINED_RATE, FRESH_RATE = 1e-4, 2e-3
WARM_UP = 0.05
LARGEST_GRADIENT = 4.0
# Of the weights' exponential moving average, which is what is kept.
DECAY = 0.998
# Share of the labels in what a student learns; the rest are its teachers' answers.
LABELS = 0.3
# Of the mean error in years beside the cross entropy of ages.
YEARS_SHARE = 0.05
# Of each gender that is not the labelled one.
SMOOTHING = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", help="folders that `npm run dataset -- prepare` wrote")
    parser.add_argument("--weights", required=True, help="folder that `node models/distillation/export.ts` wrote")
    parser.add_argument("--out", required=True, help="folder for the student's weights")
    parser.add_argument("--teacher-epochs", type=float, default=37)
    parser.add_argument("--epochs", type=float, default=30, help="of the student")
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = True
    weights = read_published(options.weights)
    faces = Faces(options.sets, device)
    teachers = []
    for seed, power in ((1, 0.3), (2, 0.45)):
        teacher = Teacher(weights).to(device)
        train(f"teacher {seed}", teacher, faces, options.teacher_epochs, power, decay=0.02, seed=seed)
        teachers.append(teacher)
        print(f"teacher {seed}: {measure([teacher], faces)}")
    print(f"teachers: {measure(teachers, faces)}")
    student = Student(weights).to(device)
    student.faceres.load_state_dict(teachers[0].faceres.state_dict())
    train("student", student, faces, options.epochs, 0.4, decay=0.01, gender=0.25, teachers=teachers)
    print(f"student: {measure([student], faces)}")
    write_weights(options.out, student.faceres.weights())


def train(
    name: str,
    network: Teacher | Student,
    faces: Faces,
    epochs: float,
    power: float,
    decay: float,
    gender: float = 1.0,
    teachers: list[Teacher] = [],
    seed: int = 1,
) -> None:
    """
    power: ages are drawn as often as they occur to the power of 1 − power
    gender: weight of the gender's loss
    """
    torch.manual_seed(seed)
    device = faces.device
    index = faces.part("train")
    network.train().to(memory_format=torch.channels_last)
    pretrained = network.pretrained()
    known = {id(parameter) for parameter in pretrained}
    fresh = [parameter for parameter in network.parameters() if id(parameter) not in known]
    groups = [{"params": pretrained, "lr": PRETRAINED_RATE}, {"params": fresh, "lr": FRESH_RATE}]
    steps = math.ceil(epochs * len(index) / BATCH)
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.99), weight_decay=decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step / steps))
    odds = rarity(faces.age[index]) ** power
    average = copy.deepcopy(network)
    years = torch.arange(YEARS, device=device).float()
    side = max(each.side for each in (network, *teachers))
    progress = tqdm(range(steps), desc=name)
    for step in progress:
        batch = index[torch.multinomial(odds, BATCH, replacement=len(index) < BATCH)]
        chips = faces.random(batch, side)
        ages = faces.distribution[batch]
        genders = F.one_hot(faces.gender[batch], 2) * (1 - 2 * SMOOTHING) + SMOOTHING
        if teachers:
            told_ages, told_genders = ask(teachers, chips)
            ages = LABELS * ages + (1 - LABELS) * told_ages
            genders = LABELS * genders + (1 - LABELS) * told_genders
        with halved(device):
            age_logits, gender_logits = network(resized(chips, network.side))
        said = F.log_softmax(age_logits.float(), 1)
        error = ((said.exp() - ages) @ years).abs().mean()
        loss = -(ages * said).sum(1).mean() + YEARS_SHARE * error
        loss = loss - gender * (genders * F.log_softmax(gender_logits.float(), 1)).sum(1).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        follow(average, network, min(DECAY, (1 + step) / (10 + step)))
        if step % 50 == 0:
            progress.set_postfix(loss=f"{loss.item():.3f}")
        if not math.isfinite(loss.item() if step % 50 == 0 else 0):
            raise SystemExit(f"Expected a finite loss but it is {loss.item()}: {name} diverged at step {step}.")
    network.load_state_dict(average.state_dict())
    network.eval()


def rate_at(progress: float) -> float:
    """From 0 linearly to 1, then as a cosine to 0."""
    return min(1, progress / WARM_UP) * max(1e-3, 0.5 + 0.5 * math.cos(math.pi * progress))


def rarity(ages: torch.Tensor) -> torch.Tensor:
    """How rare each face's age is: one over how many there are, in the mean of five years."""
    counts = torch.bincount(ages, minlength=YEARS).float()
    smooth = F.avg_pool1d(F.pad(counts[None, None], (2, 2), mode="replicate"), 5, 1)[0, 0]
    return 1 / smooth.clamp(min=5)[ages]


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    pairs = zip(average.state_dict().values(), network.state_dict().values())
    mine, theirs = zip(*((one, other) for one, other in pairs if one.is_floating_point()))
    torch._foreach_lerp_(mine, theirs, 1 - decay)


@torch.no_grad()
def ask(networks: list[Teacher] | list[Student], chips: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The mean of their probabilities: n × 101 and n × 2."""
    with halved(chips.device.type):
        answers = [network(resized(chips, network.side)) for network in networks]
    ages, genders = (torch.stack([logits.float().softmax(1) for logits in task]).mean(0) for task in zip(*answers))
    return ages, genders


def halved(device: str) -> torch.autocast:
    """Calculates in bfloat16 where that is fast."""
    return torch.autocast(device, torch.bfloat16, enabled=device == "cuda")


def resized(chips: torch.Tensor, side: int) -> torch.Tensor:
    if chips.shape[-1] != side:
        chips = F.interpolate(chips, (side, side), mode="bilinear", antialias=True)
    return chips.contiguous(memory_format=torch.channels_last)


def measure(networks: list[Teacher] | list[Student], faces: Faces) -> str:
    """On the validation faces and their mirror images. What counts is measured by the trial."""
    index, errors, right = faces.part("validation"), 0.0, 0.0
    for batch in index.split(512):
        views = [ask(networks, faces.centred(batch, networks[0].side, flip)) for flip in (False, True)]
        ages, genders = (torch.stack(task).mean(0) for task in zip(*views))
        medians = (ages.cumsum(1) < 0.5).sum(1)
        errors += (medians - faces.age[batch]).abs().sum().item()
        right += (genders.argmax(1) == faces.gender[batch]).sum().item()
    return f"{errors / len(index):.2f} years off, gender right {right / len(index):.1%}"


if __name__ == "__main__":
    main()
