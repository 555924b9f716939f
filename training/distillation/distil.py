"""Learns what the default network builds on, on one GPU in nine minutes.

    node training/distillation/export.ts WEIGHTS
    python distil.py PREPARED... --weights WEIGHTS --out STUDENT
    npm run trial -- PREPARED... --weights STUDENT/model.json --task ...

Labelled ages are wrong by years and children's genders often, and a large network that learns them soon knows them by
heart. So several teachers learn from a part of the training faces each and tell age and gender of those they have not
seen (cross-fitting; Wolpert, "Stacked generalization", 1992). The student, AgeGenderNet and a MobileNet with all layers
trained, learns what they told, mixed with the labels (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural
Network", 2015), from many random views of each face, so that how a face is cut matters little to it.
"""

import argparse
import copy
import functools
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from faces import YEARS, Faces
from networks import Student, Teacher, read_published, weights_of, write_weights
from tqdm import tqdm

BATCH = 256
# Of layers that come with weights, and of fresh ones.
PRETRAINED_RATE, FRESH_RATE = 1e-4, 2e-3
WARM_UP = 0.05
LARGEST_GRADIENT = 4.0
# Of the weights' exponential moving average, which is what is kept.
DECAY = 0.998
TEACHER_EPOCHS = 6
# The training faces are dealt into so many parts, so many times: each face is left out by one teacher each time.
PARTS, DEALS = 4, 2
# Of the student: share of the labels in what it learns (the rest is what the teachers told), and epochs. Each round
# goes on from the layers, not the head, of the one before.
ROUNDS = ((0.3, 48), (0.5, 57))
# Ages are drawn as often as they occur to the power of 1 − this.
BALANCED = 0.35
# Of the mean error in years beside the cross entropy of ages.
YEARS_SHARE = 0.05
# Of each gender that is not the labelled one.
SMOOTHING = 0.02

Answers = tuple[torch.Tensor, torch.Tensor]
"""Probabilities of the years and of male and female: n × 101 and n × 2."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", help="folders that `npm run dataset -- prepare` wrote")
    parser.add_argument("--weights", required=True, help="folder that `node training/distillation/export.ts` wrote")
    parser.add_argument("--out", required=True, help="folder for the student's weights")
    parser.add_argument("--effort", type=float, default=1, help="factor of all epochs: less to try it out")
    options = parser.parse_args()
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    faces = Faces(options.sets, "cuda" if torch.cuda.is_available() else "cpu")
    weights = read_published(options.weights)
    labels = labels_of(faces)
    told, backbone = teach(weights, faces, labels, options.effort * TEACHER_EPOCHS)
    student = Student(weights).to(faces.device)
    student.load_state_dict(backbone, strict=False)
    for number, (share, epochs) in enumerate(ROUNDS, 1):
        targets = tuple(share * label + (1 - share) * answer for label, answer in zip(labels, told))
        student.head.reset()
        train(f"student, round {number}", student, faces, faces.part("train"), targets, options.effort * epochs)
        print(f"student: {measure(student, faces)}")
    write_weights(options.out, weights_of(student))


def labels_of(faces: Faces) -> Answers:
    return faces.distribution, F.one_hot(faces.gender, 2) * (1 - 2 * SMOOTHING) + SMOOTHING


def teach(weights: dict, faces: Faces, labels: Answers, epochs: float) -> tuple[Answers, dict]:
    """
    What teachers tell of training faces that they have not seen, and the mean of the teachers' weights (Wortsman et
    al., "Model soups", 2022) that the student starts from.
    """
    index = faces.part("train")
    told = tuple(torch.zeros_like(label) for label in labels)
    teacher = Teacher(weights).to(faces.device)
    start = copy.deepcopy(teacher.state_dict())
    mean = {name: torch.zeros_like(value) for name, value in start.items() if not name.startswith("head")}
    for deal in range(DEALS):
        part = torch.randperm(len(index), generator=torch.Generator().manual_seed(deal)).to(faces.device) % PARTS
        for left in range(PARTS):
            number = deal * PARTS + left + 1
            torch.manual_seed(number)
            teacher.load_state_dict(start)
            teacher.head.reset()
            train(f"teacher {number} of {DEALS * PARTS}", teacher, faces, index[part != left], labels, epochs)
            for batch in index[part == left].split(512):
                for total, answer in zip(told, answer_of(teacher, faces, batch)):
                    total[batch] += answer / DEALS
            for name, value in mean.items():
                value += teacher.state_dict()[name] / (DEALS * PARTS)
            if left == 0:
                print(f"teacher {number}: {measure(teacher, faces)}")
    print(f"teachers together, of faces they have not seen: {accuracy(told, faces, index)}")
    return told, mean


def train(
    name: str, network: Teacher | Student, faces: Faces, index: torch.Tensor, targets: Answers, epochs: float
) -> None:
    """From random views of the faces `index`; `targets` are of all faces."""
    device = faces.device
    network.train().to(memory_format=torch.channels_last)
    pretrained = network.pretrained()
    groups = [
        {"params": pretrained, "lr": PRETRAINED_RATE},
        {"params": [*network.head.parameters()], "lr": FRESH_RATE},
    ]
    steps = math.ceil(epochs * len(index) / BATCH)
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.99), weight_decay=0.02, fused=device == "cuda")
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step / steps))
    odds = rarity(faces.age[index]) ** BALANCED
    average = copy.deepcopy(network)
    years = torch.arange(YEARS, device=device).float()
    forward = compiled(network)
    progress = tqdm(range(steps), desc=name, mininterval=2)
    for step in progress:
        batch = index[torch.multinomial(odds, BATCH, replacement=len(index) < BATCH)]
        ages, genders = (target[batch] for target in targets)
        chips = faces.random(batch, network.side).contiguous(memory_format=torch.channels_last)
        with halved(device):
            age_logits, gender_logits = forward(chips)
        said = F.log_softmax(age_logits.float(), 1)
        error = ((said.exp() - ages) @ years).abs().mean()
        loss = -(ages * said).sum(1).mean() + YEARS_SHARE * error
        loss = loss - (genders * F.log_softmax(gender_logits.float(), 1)).sum(1).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        follow(average, network, min(DECAY, (1 + step) / (10 + step)))
        if step % 50 == 0:
            progress.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
            if not math.isfinite(loss.item()):
                raise SystemExit(f"Expected a finite loss but it is {loss.item()}: {name} diverged at step {step}.")
    network.load_state_dict(average.state_dict())
    network.eval()


@functools.cache
def compiled(network: Teacher | Student) -> nn.Module:
    return torch.compile(network) if torch.cuda.is_available() else network


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
def answer_of(network: Teacher | Student, faces: Faces, index: torch.Tensor) -> Answers:
    """The mean over a face and its mirror image."""
    with halved(faces.device):
        views = [network(faces.centred(index, network.side, flip)) for flip in (False, True)]
    ages, genders = (torch.stack([logits.float().softmax(1) for logits in task]).mean(0) for task in zip(*views))
    return ages, genders


def halved(device: str) -> torch.autocast:
    """Calculates in bfloat16 where that is fast."""
    return torch.autocast(device, torch.bfloat16, enabled=device == "cuda")


def measure(network: Teacher | Student, faces: Faces) -> str:
    """On the validation faces. What counts is measured by the trial."""
    answers = tuple(torch.zeros_like(label) for label in labels_of(faces))
    index = faces.part("validation")
    for batch in index.split(512):
        for known, answer in zip(answers, answer_of(network, faces, batch)):
            known[batch] = answer
    return accuracy(answers, faces, index)


def accuracy(answers: Answers, faces: Faces, index: torch.Tensor) -> str:
    ages, genders = answers
    error = ((ages[index].cumsum(1) < 0.5).sum(1) - faces.age[index]).abs().float()
    right = (genders[index].argmax(1) == faces.gender[index]).float()
    return f"{error.mean():.2f} years off, gender right {right.mean():.1%}"


if __name__ == "__main__":
    main()
