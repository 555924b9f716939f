"""The networks in PyTorch, their weights from and to TensorFlow.js layers models (`models/networks`)."""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# Filters and stride of each pair of convolutions of faceres (models/networks/faceres.ts).
PAIRS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
TEACHER_SIDE, STUDENT_SIDE = 224, 160

Weights = dict[str, torch.Tensor]


def read_published(folder: str) -> Weights:
    """What `export.ts` wrote."""
    networks = [read_weights(Path(folder) / network) for network in ("age-gender-net", "faceres")]
    return {name: weight for network in networks for name, weight in network.items()}


def read_weights(folder: Path) -> Weights:
    """The weights of a layers model, by name."""
    (group,) = json.loads((folder / "model.json").read_text())["weightsManifest"]
    values = np.concatenate([np.fromfile(folder / file, np.float32) for file in group["paths"]])
    weights, start = {}, 0
    for weight in group["weights"]:
        end = start + int(np.prod(weight["shape"], dtype=int))
        weights[weight["name"]] = torch.tensor(values[start:end].reshape(weight["shape"]))
        start = end
    return weights


def write_weights(folder: str, weights: Weights) -> None:
    """What `npm run trial -- --weights` takes."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    arrays = {name: np.ascontiguousarray(value.detach().cpu().float().numpy()) for name, value in weights.items()}
    listed = [{"name": name, "shape": list(array.shape), "dtype": "float32"} for name, array in arrays.items()]
    manifest = [{"paths": ["weights.bin"], "weights": listed}]
    (Path(folder) / "model.json").write_text(json.dumps({"weightsManifest": manifest}))
    (Path(folder) / "weights.bin").write_bytes(b"".join(array.tobytes() for array in arrays.values()))


def pad_same(x: torch.Tensor, kernel: int, stride: int, value: float = 0.0) -> torch.Tensor:
    """TensorFlow's padding SAME, which puts the odd pixel behind."""
    total = max((-(-x.shape[-1] // stride) - 1) * stride + kernel - x.shape[-1], 0)
    before, behind = total // 2, total - total // 2
    return F.pad(x, (before, behind, before, behind), value=value)


class Convolution(nn.Module):
    """With kernels of TensorFlow's order: height, width, in, out, or for depthwise ones height, width, channel, 1."""

    def __init__(self, kernel: torch.Tensor, bias: torch.Tensor | None, stride: int = 1, depthwise: bool = False):
        super().__init__()
        order = (2, 3, 0, 1) if depthwise else (3, 2, 0, 1)
        self.kernel = nn.Parameter(kernel.permute(order).contiguous())
        self.bias = None if bias is None else nn.Parameter(bias.clone())
        self.stride, self.depthwise = stride, depthwise

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = pad_same(x, self.kernel.shape[-1], self.stride)
        return F.conv2d(x, self.kernel, self.bias, self.stride, groups=x.shape[1] if self.depthwise else 1)

    def tensorflow_kernel(self) -> torch.Tensor:
        return self.kernel.permute((2, 3, 0, 1) if self.depthwise else (2, 3, 1, 0))


class FaceRes(nn.Module):
    """models/networks/faceres.ts: from RGB, 0 to 255, to what its pool (n × 1024) and its layer `feats` (n × 256) give."""

    def __init__(self, weights: Weights):
        super().__init__()
        self.register_buffer("mean", torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1))
        layers = {"conv1": Convolution(weights["faceres/conv1/kernel"], weights["faceres/conv1/bias"], 2)}
        for pair, (_, stride) in enumerate(PAIRS, 1):
            dw, pw = f"conv_dw_{pair}", f"conv_pw_{pair}"
            kernel, bias = weights[f"faceres/{dw}/depthwise_kernel"], weights[f"faceres/{dw}/bias"]
            layers[dw] = Convolution(kernel, bias, stride, depthwise=True)
            layers[pw] = Convolution(weights[f"faceres/{pw}/kernel"], weights[f"faceres/{pw}/bias"])
        self.layers = nn.ModuleDict(layers)
        self.feats = nn.Linear(1024, 256)
        self.feats.weight.data = weights["faceres/feats/kernel"].T.contiguous()
        self.feats.bias.data = weights["faceres/feats/bias"].clone()

    def pooled(self, chips: torch.Tensor) -> torch.Tensor:
        x = chips - self.mean
        for layer in self.layers.values():
            x = F.relu6(layer(x))
        return x.mean((2, 3))

    def forward(self, chips: torch.Tensor) -> torch.Tensor:
        pooled = self.pooled(chips)
        return torch.cat([pooled, F.relu(self.feats(pooled))], 1)

    def weights(self) -> Weights:
        """Without `feats`."""
        named: Weights = {}
        for name, layer in self.layers.items():
            kernel = "depthwise_kernel" if layer.depthwise else "kernel"
            named[f"faceres/{name}/{kernel}"] = layer.tensorflow_kernel()
            named[f"faceres/{name}/bias"] = layer.bias
        return named


class Separable(nn.Module):
    def __init__(self, weights: Weights, name: str):
        super().__init__()
        self.depthwise = Convolution(weights[f"{name}/depthwise_kernel"], None, depthwise=True)
        self.pointwise = Convolution(weights[f"{name}/pointwise_kernel"], weights[f"{name}/bias"])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.pointwise(self.depthwise(x))


class Reduction(nn.Module):
    def __init__(self, weights: Weights, name: str):
        super().__init__()
        self.first = Separable(weights, f"{name}/separable_conv0")
        self.second = Separable(weights, f"{name}/separable_conv1")
        expansion = f"{name}/expansion_conv"
        self.expansion = Convolution(weights[f"{expansion}/kernel"], weights[f"{expansion}/bias"], 2)

    def forward(self, shortcut: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        x = self.second(F.relu(self.first(x)))
        return F.max_pool2d(pad_same(x, 3, 2, -torch.inf), 3, 2) + self.expansion(shortcut)


class AgeGenderNet(nn.Module):
    """models/networks/age-gender-net.ts up to its pool: n × 512."""

    def __init__(self, weights: Weights):
        super().__init__()
        self.register_buffer("mean", torch.tensor([122.782, 117.001, 104.298]).view(1, 3, 1, 1))
        entry = "entry_flow/conv_in"
        self.entry = Convolution(weights[f"{entry}/kernel"], weights[f"{entry}/bias"], 2)
        self.reductions = nn.ModuleList(
            Reduction(weights, f"{flow}/reduction_block{number}")
            for flow, number in (("entry_flow", "_0"), ("entry_flow", "_1"), ("exit_flow", ""))
        )
        self.middle = nn.ModuleList(
            nn.ModuleList(Separable(weights, f"middle_flow/main_block_{block}/separable_conv{i}") for i in range(3))
            for block in range(2)
        )
        self.exit = Separable(weights, "exit_flow/separable_conv")

    def forward(self, chips: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.entry((chips - self.mean) / 255))
        x = self.reductions[0](x, x)
        x = self.reductions[1](x, F.relu(x))
        for block in self.middle:
            y = x
            for layer in block:
                y = layer(F.relu(y))
            x = x + y
        x = self.reductions[2](x, F.relu(x))
        return F.relu(self.exit(x)).mean((2, 3))


class Teacher(nn.Module):
    """
    models/networks/transfer.ts on faceres at its full size, for both tasks at once, every layer trained. Gives logits.
    """

    side = TEACHER_SIDE

    def __init__(self, weights: Weights):
        super().__init__()
        self.faceres, self.age_gender_net = FaceRes(weights), AgeGenderNet(weights)
        self.norm, self.hidden = nn.BatchNorm1d(1792), nn.Linear(1792, 512)
        self.age, self.gender = nn.Linear(512, 101), nn.Linear(512, 2)

    def pretrained(self) -> list[nn.Parameter]:
        return [*self.faceres.parameters(), *self.age_gender_net.parameters()]

    def forward(self, chips: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        inner = F.interpolate(chips[:, :, 28:196, 28:196], (112, 112), mode="bilinear", antialias=True)
        features = torch.cat([self.age_gender_net(inner), self.faceres(chips)], 1).float()
        hidden = F.dropout(F.relu(self.hidden(self.norm(features))), 0.5, self.training)
        return self.age(hidden), self.gender(hidden)


class Student(nn.Module):
    """models/networks/backbone.ts with a layer for each task on top. Gives logits."""

    side = STUDENT_SIDE

    def __init__(self, weights: Weights):
        super().__init__()
        self.faceres = FaceRes(weights)
        self.age, self.gender = nn.Linear(1024, 101), nn.Linear(1024, 2)
        for layer in (self.age, self.gender):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def pretrained(self) -> list[nn.Parameter]:
        return list(self.faceres.parameters())

    def forward(self, chips: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = F.dropout(self.faceres.pooled(chips).float(), 0.3, self.training)
        return self.age(features), self.gender(features)
