"""The student, and how it begins: what is best of a network of full width that knows faces."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from faces import YEARS

# MobileNet's (Howard et al., 2017): strides of its pairs of convolutions.
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
HIDDEN = 256
# Pixels are told from −2 to 2.
MIDDLE, SPREAD = 128.0, 64.0


@dataclass(frozen=True)
class Shape:
    """What a student sees of a face, a square of `side` pixels that is `extent` times its size, and how wide it is."""

    side: int
    extent: float
    first: int
    widths: tuple[int, ...]


SHAPES = {
    "default": Shape(128, 1.5, 32, (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)),
    # Narrower than the full network where maps are large and a multiplication is dear, about as wide where they are small.
    "small": Shape(112, 1.4, 16, (48, 96, 96, 192, 192, 448, 448, 448, 448, 448, 448, 896, 896)),
}


class Student(nn.Module):
    """
    A MobileNet without batch normalisation, which folded networks need no more. From pixels, n × 3 × side × side, 0 to
    255, to logits of the ages 0 to 100, of male and female, and of no face and face. Any side will do.
    """

    def __init__(self, shape: Shape):
        super().__init__()
        self.first = nn.Conv2d(3, shape.first, 3, 2, 1)
        self.depthwise, self.pointwise = nn.ModuleList(), nn.ModuleList()
        wide = shape.first
        for width, stride in zip(shape.widths, STRIDES):
            self.depthwise.append(nn.Conv2d(wide, wide, 3, stride, 1, groups=wide))
            self.pointwise.append(nn.Conv2d(wide, width, 1))
            wide = width
        self.hidden = nn.Linear(wide, HIDDEN)
        self.age, self.gender, self.face = nn.Linear(HIDDEN, YEARS), nn.Linear(HIDDEN, 2), nn.Linear(wide, 2)
        self.dropout = 0.0

    def features(self, pixels: torch.Tensor, still: int = 0) -> torch.Tensor:
        """The pooled features, n × the last width. The first layer and the first `still` pairs learn nothing, if there are any."""
        with torch.set_grad_enabled(self.training and still == 0):
            x = F.relu6(self.first((pixels - MIDDLE) / SPREAD))
        for number, (depthwise, pointwise) in enumerate(zip(self.depthwise, self.pointwise)):
            with torch.set_grad_enabled(self.training and number >= still):
                x = F.relu6(pointwise(F.relu6(depthwise(x))))
        return x.mean((2, 3))

    def head(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        hidden = F.dropout(F.relu(self.hidden(features)), self.dropout, self.training)
        return self.age(hidden), self.gender(hidden), self.face(features)

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.head(self.features(pixels))


def multiplications(shape: Shape) -> int:
    side = -(-shape.side // 2)
    total, wide = side * side * 27 * shape.first, shape.first
    for width, stride in zip(shape.widths, STRIDES):
        side = -(-side // stride)
        total += side * side * wide * (9 + width)
        wide = width
    return total + wide * HIDDEN + HIDDEN * (YEARS + 2)


def read_weights(file: Path) -> dict[str, torch.Tensor]:
    """The weights of a TensorFlow.js model, by name."""
    weights: dict[str, torch.Tensor] = {}
    for group in json.loads(file.read_text())["weightsManifest"]:
        data = b"".join((file.parent / path).read_bytes() for path in group["paths"])
        start = 0
        for weight in group["weights"]:
            half = weight.get("quantization", {}).get("dtype") == "float16"
            count = int(np.prod(weight["shape"], dtype=int))
            values = np.frombuffer(data, np.float16 if half else weight["dtype"], count, start)
            start += values.nbytes
            weights[weight["name"]] = torch.tensor(values.reshape(weight["shape"]).astype(np.float32))
    return weights


class Full(nn.Module):
    """
    The MobileNet of full width: faceres as `@vladmandic/human` publishes it (networks/faceres.ts), or as the
    default network was trained from it.
    """

    def __init__(self, file: Path):
        super().__init__()
        weights = read_weights(file)
        published = "conv1/convolution/merged_input" in weights
        mean = torch.tensor([123.68, 116.779, 103.939])

        def layer(name: str, depthwise: bool) -> tuple[torch.Tensor, torch.Tensor]:
            if published:
                kernel = weights[f"{name}/depthwise_kernel" if depthwise else f"{name}/convolution/merged_input"]
                if depthwise:
                    kernel = kernel * weights[f"{name}_bn/batchnorm_1/mul"].view(1, 1, -1, 1)
                # It takes blue, green and red.
                return kernel.flip(2) if name == "conv1" else kernel, weights[f"{name}_bn/batchnorm_1/sub"]
            kind = "depthwise_kernel" if depthwise else "kernel"
            return weights[f"faceres/{name}/{kind}"], weights[f"faceres/{name}/bias"]

        kernel, bias = layer("conv1", False)
        self.first = _convolution(kernel.permute(3, 2, 0, 1) * SPREAD, bias + kernel.sum((0, 1)).T @ (MIDDLE - mean), 2)
        self.depthwise, self.pointwise = nn.ModuleList(), nn.ModuleList()
        for number, stride in enumerate(STRIDES, 1):
            kernel, bias = layer(f"conv_dw_{number}", True)
            self.depthwise.append(_convolution(kernel.permute(2, 3, 0, 1), bias, stride, len(bias)))
            kernel, bias = layer(f"conv_pw_{number}", False)
            self.pointwise.append(_convolution(kernel.permute(3, 2, 0, 1), bias, 1))


def _convolution(kernel: torch.Tensor, bias: torch.Tensor, stride: int, groups: int = 1) -> nn.Conv2d:
    size = kernel.shape[-1]
    layer = nn.Conv2d(
        kernel.shape[1] * groups, kernel.shape[0], size, stride, size // 2, groups=groups
    )
    layer.weight.data, layer.bias.data = kernel.contiguous(), bias.clone()
    return layer


@torch.no_grad()
def slim(full: Full, shape: Shape, pixels: torch.Tensor, samples: int = 24_000) -> Student:
    """
    A student that gives what `full` gives as nearly as it can: layer by layer, the channels are kept from which the next
    layer can best be told (greedy forward selection), and each 1×1 convolution is fitted anew, by least squares, to what
    the full network's has before its activation (after He, Zhang and Sun, "Channel Pruning for Accelerating Very Deep
    Neural Networks", 2017).
    """
    student = Student(shape)
    wanted = [shape.first, *shape.widths]

    def rows(maps: torch.Tensor) -> torch.Tensor:
        flat = maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])
        chosen = torch.randperm(len(flat), generator=torch.Generator().manual_seed(2))[:samples]
        return flat[chosen]

    def in_batches(layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([layer(part) for part in x.split(64)])

    x = in_batches(full.first, (pixels - MIDDLE) / SPREAD).clamp_(0, 6)
    for number in range(len(STRIDES)):
        depthwise, pointwise = full.depthwise[number], full.pointwise[number]
        seen = in_batches(depthwise, x).clamp_(0, 6)
        weights = pointwise.weight[:, :, 0, 0]
        chosen = _choose(rows(seen), weights.T, wanted[number])
        if number == 0:
            student.first.weight.data = full.first.weight[chosen].clone()
            student.first.bias.data = full.first.bias[chosen].clone()
            y = in_batches(student.first, (pixels - MIDDLE) / SPREAD).clamp_(0, 6)
        else:
            layer = student.pointwise[number - 1]
            _fit(layer, rows(y_before), rows(target)[:, chosen])
            y = in_batches(layer, y_before).clamp_(0, 6)
        slimmer = student.depthwise[number]
        slimmer.weight.data, slimmer.bias.data = depthwise.weight[chosen].clone(), depthwise.bias[chosen].clone()
        y_before = in_batches(slimmer, y).clamp_(0, 6)
        target = in_batches(pointwise, seen)
        x = target.clamp(0, 6)
    pooled = x.mean((2, 3))
    scale = pooled.std(0)
    chosen = _choose(pooled, torch.diag(1 / scale.clamp(min=1e-2)), wanted[-1])
    _fit(student.pointwise[-1], rows(y_before), rows(target)[:, chosen])
    left = in_batches(student.pointwise[-1], y_before).clamp_(0, 6).mean((2, 3))
    error = ((left - pooled[:, chosen]) ** 2).sum() / ((pooled[:, chosen] - pooled[:, chosen].mean(0)) ** 2).sum()
    print(f"the student's features say {1 - error:.0%} of what these channels of the full network do")
    return student


@torch.no_grad()
def take_in(layer: nn.Linear, middle: torch.Tensor, spread: torch.Tensor) -> None:
    """A layer that learned from `(x - middle) / spread` takes x itself from now on."""
    layer.weight /= spread
    layer.bias -= layer.weight @ middle


def _choose(x: torch.Tensor, weights: torch.Tensor, count: int) -> torch.Tensor:
    """Channels of `x` from which `x @ weights` can best be told, `count` of them."""
    if count >= x.shape[1]:
        return torch.arange(x.shape[1])
    x = (x - x.mean(0)).double()
    left = x.T @ x / len(x) + 1e-6 * torch.eye(x.shape[1], dtype=torch.double)
    cross = left @ weights.double()
    chosen: list[int] = []
    for _ in range(count):
        gain = (cross**2).sum(1) / left.diagonal().clamp(min=1e-9)
        gain[chosen] = -1
        best = int(gain.argmax())
        chosen.append(best)
        share = left[:, best] / left[best, best].clamp(min=1e-9)
        cross = cross - share[:, None] * cross[best]
        left = left - share[:, None] * left[best]
    return torch.tensor(sorted(chosen))


def _fit(layer: nn.Conv2d, x: torch.Tensor, y: torch.Tensor) -> None:
    middle, target = x.mean(0), y.mean(0)
    centred = (x - middle).double()
    gram = centred.T @ centred
    gram += 1e-3 * gram.diagonal().mean() * torch.eye(len(gram), dtype=torch.double)
    weights = torch.linalg.solve(gram, centred.T @ (y - target).double()).float()
    layer.weight.data = weights.T[:, :, None, None].contiguous()
    layer.bias.data = target - middle @ weights
