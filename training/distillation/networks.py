"""The networks in PyTorch, their weights from and to TensorFlow.js layers models (`models/networks`)."""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# Of each pair of convolutions of faceres (networks/faceres.ts).
STRIDES = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
TEACHER_SIDE, STUDENT_SIDE = 224, 160

Weights = dict[str, torch.Tensor]


def read_published(folder: str) -> Weights:
    """What `export.ts` wrote."""
    networks = [read_weights(Path(folder) / network) for network in ("age-gender-net", "faceres", "face-recognition-net")]
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
    """
    Keeps its kernel in PyTorch's order: out, in, height, width, and for depthwise ones channel, 1, height, width. That
    of TensorFlow is height, width, in, out, and height, width, channel, 1.
    """

    def __init__(self, weights: Weights, kernel: str, bias: str | None = None, stride: int = 1):
        """`kernel` and `bias` are their names among the weights."""
        super().__init__()
        self.names, self.stride, self.depthwise = (kernel, bias), stride, kernel.endswith("/depthwise_kernel")
        order = (2, 3, 0, 1) if self.depthwise else (3, 2, 0, 1)
        self.kernel = nn.Parameter(weights[kernel].permute(order).contiguous())
        self.bias = None if bias is None else nn.Parameter(weights[bias].clone())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = pad_same(x, self.kernel.shape[-1], self.stride)
        return F.conv2d(x, self.kernel, self.bias, self.stride, groups=x.shape[1] if self.depthwise else 1)

    def weights(self) -> Weights:
        kernel, bias = self.names
        named = {kernel: self.kernel.permute((2, 3, 0, 1) if self.depthwise else (2, 3, 1, 0))}
        return named if bias is None else {**named, bias: self.bias}


def weights_of(network: nn.Module) -> Weights:
    """Of its convolutions, as TensorFlow.js has them."""
    layers = [layer for layer in network.modules() if isinstance(layer, Convolution)]
    return {name: weight for layer in layers for name, weight in layer.weights().items()}


class FaceRes(nn.Module):
    """networks/faceres.ts: from RGB, 0 to 255, to what its pool (n × 1024) and its layer `feats` (n × 256) give."""

    def __init__(self, weights: Weights):
        super().__init__()
        self.register_buffer("mean", torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1))
        self.layers = nn.ModuleList([Convolution(weights, "faceres/conv1/kernel", "faceres/conv1/bias", 2)])
        for pair, stride in enumerate(STRIDES, 1):
            dw, pw = f"faceres/conv_dw_{pair}", f"faceres/conv_pw_{pair}"
            self.layers.append(Convolution(weights, f"{dw}/depthwise_kernel", f"{dw}/bias", stride))
            self.layers.append(Convolution(weights, f"{pw}/kernel", f"{pw}/bias"))
        self.feats = nn.Linear(1024, 256)
        self.feats.weight.data = weights["faceres/feats/kernel"].T.contiguous()
        self.feats.bias.data = weights["faceres/feats/bias"].clone()

    def pooled(self, chips: torch.Tensor) -> torch.Tensor:
        x = chips - self.mean
        for layer in self.layers:
            x = F.relu6(layer(x))
        return x.mean((2, 3))

    def forward(self, chips: torch.Tensor) -> torch.Tensor:
        pooled = self.pooled(chips)
        return torch.cat([pooled, F.relu(self.feats(pooled))], 1)


class Separable(nn.Module):
    def __init__(self, weights: Weights, name: str):
        super().__init__()
        self.depthwise = Convolution(weights, f"{name}/depthwise_kernel")
        self.pointwise = Convolution(weights, f"{name}/pointwise_kernel", f"{name}/bias")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.pointwise(self.depthwise(x))


class Reduction(nn.Module):
    def __init__(self, weights: Weights, name: str):
        super().__init__()
        self.first = Separable(weights, f"{name}/separable_conv0")
        self.second = Separable(weights, f"{name}/separable_conv1")
        expansion = f"{name}/expansion_conv"
        self.expansion = Convolution(weights, f"{expansion}/kernel", f"{expansion}/bias", 2)

    def forward(self, shortcut: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        x = self.second(F.relu(self.first(x)))
        return F.max_pool2d(pad_same(x, 3, 2, -torch.inf), 3, 2) + self.expansion(shortcut)


class AgeGenderNet(nn.Module):
    """networks/age-gender-net.ts up to its pool: n × 512."""

    def __init__(self, weights: Weights):
        super().__init__()
        self.register_buffer("mean", torch.tensor([122.782, 117.001, 104.298]).view(1, 3, 1, 1))
        entry = "entry_flow/conv_in"
        self.entry = Convolution(weights, f"{entry}/kernel", f"{entry}/bias", 2)
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


class Scaled(nn.Module):
    """A convolution followed by a factor and a bias for each of its channels, as one."""

    def __init__(self, weights: Weights, name: str, stride: int = 1):
        super().__init__()
        kernel = weights[f"{name}/conv/filters"] * weights[f"{name}/scale/weights"]
        self.kernel = nn.Parameter(kernel.permute(3, 2, 0, 1).contiguous())
        # The convolution's own bias is as good as zero.
        self.bias = nn.Parameter(weights[f"{name}/scale/biases"].clone())
        self.stride, self.padding = stride, 1 if stride == 1 else 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.conv2d(x, self.kernel, self.bias, self.stride, self.padding)


class Residual(nn.Module):
    def __init__(self, weights: Weights, name: str):
        super().__init__()
        self.down = "down" in name
        self.first = Scaled(weights, f"{name}/conv1", 2 if self.down else 1)
        self.second = Scaled(weights, f"{name}/conv2")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.second(F.relu(self.first(x)))
        if self.down:
            x = F.avg_pool2d(x, 2)
            x = F.pad(x, (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))
            y = F.pad(y, (0, x.shape[-1] - y.shape[-1], 0, x.shape[-2] - y.shape[-2]))
        return F.relu(x + y)


class FaceRecognitionNet(nn.Module):
    """face-api's, a residual network of dlib that learned to tell people apart, up to its pool: n × 256."""

    side = 150

    def __init__(self, weights: Weights):
        super().__init__()
        self.register_buffer("mean", torch.tensor([122.782, 117.001, 104.298]).view(1, 3, 1, 1))
        self.entry = Scaled(weights, "conv32_down", 2)
        names = dict.fromkeys(name.split("/")[0] for name in weights if "/conv1/" in name and name.startswith("conv"))
        self.blocks = nn.Sequential(*(Residual(weights, name) for name in names))

    def forward(self, chips: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.entry((chips - self.mean) / 256))
        return self.blocks(F.max_pool2d(x, 3, 2)).mean((2, 3))


class Teacher(nn.Module):
    """Three networks that know faces, for both tasks at once, every layer trained. Gives logits."""

    side = TEACHER_SIDE

    def __init__(self, weights: Weights):
        super().__init__()
        self.faceres, self.age_gender_net = FaceRes(weights), AgeGenderNet(weights)
        self.recognition = FaceRecognitionNet(weights)
        self.head = Head(512 + 1024 + 256 + 256, 0.25, 0.5)

    def pretrained(self) -> list[nn.Parameter]:
        return [*self.faceres.parameters(), *self.age_gender_net.parameters(), *self.recognition.parameters()]

    def forward(self, chips: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = [
            self.age_gender_net(centre(chips, 168, 112)),
            self.faceres(chips),
            self.recognition(centre(chips, 184, FaceRecognitionNet.side)),
        ]
        return self.head(torch.cat(features, 1).float())


class Student(nn.Module):
    """networks/transfer.ts, for both tasks at once, every layer trained. Gives logits."""

    side = STUDENT_SIDE

    def __init__(self, weights: Weights):
        super().__init__()
        self.faceres, self.age_gender_net = FaceRes(weights), AgeGenderNet(weights)
        self.head = Head(512 + 1024, 0.3, 0.6)

    def pretrained(self) -> list[nn.Parameter]:
        return [*self.faceres.parameters(), *self.age_gender_net.parameters()]

    def forward(self, chips: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = [self.age_gender_net(centre(chips, 112, 112)), self.faceres.pooled(chips)]
        return self.head(torch.cat(features, 1).float())


class Head(nn.Module):
    """From features to logits of ages and genders."""

    def __init__(self, width: int, features_dropout: float, dropout: float):
        super().__init__()
        self.norm, self.hidden = nn.BatchNorm1d(width), nn.Linear(width, 512)
        self.age, self.gender = nn.Linear(512, 101), nn.Linear(512, 2)
        self.features_dropout, self.dropout = features_dropout, dropout

    def reset(self) -> None:
        """Begins anew."""
        for layer in self.children():
            layer.reset_parameters()

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        scaled = F.dropout(self.norm(features), self.features_dropout, self.training)
        hidden = F.dropout(F.relu(self.hidden(scaled)), self.dropout, self.training)
        return self.age(hidden), self.gender(hidden)


def centre(chips: torch.Tensor, part: int, side: int) -> torch.Tensor:
    """The middle of square chips, `part` pixels wide, at `side`."""
    start = (chips.shape[-1] - part) // 2
    inner = chips[:, :, start : start + part, start : start + part]
    return inner if part == side else F.interpolate(inner, (side, side), mode="bilinear", antialias=True)
