"""Makes a trained student an ONNX file that calculates in bytes, and one that calculates in floats.

    python export.py STORE --state RUN/state.pt --out FOLDER

FOLDER/model.onnx has the input `chips` (n × side × side × 3 bytes, RGB) and the outputs `age` (n × 101), `gender` (n × 2,
male and female), `face` (n × 2, no face and face): probabilities; and `features` (n × 1,024, or 896), which other
attributes can be told from. FOLDER/float.onnx is the same in floats.

Weights go from −64 to 64: processors without instructions of their own for bytes add two products in 16 bits, which must
not overflow. Each output channel has a scale of its own. The biases then take back what rounding changes in the mean
(Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019).
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from graph import Graph
from networks import MIDDLE, SHAPES, SPREAD, Shape, Student
from onnx import TensorProto, helper
from train import Learned

LARGEST_WEIGHT = 64
OPERATOR_SET, IR_VERSION = 13, 7
CALIBRATION = 512


class Layers:
    """A student's convolutions in order: weights, biases, strides; `depthwise` ones have a channel each."""

    def __init__(self, student: Student):
        pairs = [layer for pair in zip(student.depthwise, student.pointwise) for layer in pair]
        convolutions = [student.first, *pairs]
        self.weights = [layer.weight.detach().double().clone() for layer in convolutions]
        self.biases = [layer.bias.detach().double().clone() for layer in convolutions]
        self.strides = [layer.stride[0] for layer in convolutions]
        self.depthwise = [layer.groups > 1 for layer in convolutions]

    def run(self, x: torch.Tensor, number: int) -> torch.Tensor:
        weight = self.weights[number].float()
        groups = len(weight) if self.depthwise[number] else 1
        padding = weight.shape[-1] // 2
        return F.conv2d(x, weight, self.biases[number].float(), self.strides[number], padding, groups=groups)


@torch.no_grad()
def ranges(layers: Layers, x: torch.Tensor) -> list[float]:
    """For each layer's activations, the top of the range that bytes represent best (least mean square error)."""
    tops = []
    for number in range(len(layers.weights)):
        x = layers.run(x, number).clamp_(0, 6)
        sample = x.flatten()[:: max(1, x.numel() // 400_000)]
        best, least = 0.0, float("inf")
        peak = float(x.max())
        for share in np.linspace(0.35, 1, 27):
            top = peak * share
            error = float(((torch.round(sample / top * 255).clamp(0, 255) * top / 255 - sample) ** 2).mean())
            if error < least:
                best, least = top, error
        tops.append(best)
    return tops


class Rounded:
    """What the runtime calculates in bytes, for each layer: whole weights and their scales."""

    def __init__(self, layers: Layers, tops: list[float]):
        self.outputs = [top / 255 for top in tops]
        self.inputs = [1 / SPREAD, *self.outputs[:-1]]
        self.whole, self.scales = [], []
        for weight in layers.weights:
            peak = weight.flatten(1).abs().amax(1).clamp(min=1e-3)
            scale = peak / LARGEST_WEIGHT
            self.whole.append(torch.round(weight / scale.view(-1, 1, 1, 1)).to(torch.int8))
            self.scales.append(scale.float())


@torch.no_grad()
def correct(layers: Layers, rounded: Rounded, x: torch.Tensor) -> None:
    """Moves each bias by what rounding weights and activations changes in the mean of its channel."""
    exact, told = x, x
    originals = [bias.clone() for bias in layers.biases]
    for number in range(len(layers.weights)):
        layers.biases[number] = originals[number]
        wanted = layers.run(exact, number)
        kept = layers.weights[number]
        layers.weights[number] = rounded.whole[number].double() * rounded.scales[number].double().view(-1, 1, 1, 1)
        got = layers.run(told, number)
        moved = (wanted - got).mean((0, 2, 3)).double()
        layers.biases[number] = originals[number] + moved
        got += moved.float().view(1, -1, 1, 1)
        layers.weights[number] = kept
        exact = wanted.clamp_(0, 6)
        step = rounded.outputs[number]
        told = torch.round(got / step).clamp_(0, 255) * step


def build(layers: Layers, student: Student, side: int, rounded: Rounded | None) -> onnx.ModelProto:
    graph = Graph()
    constant, node = graph.constant, graph.node

    def scale(name: str, step: float, zero: int) -> list[str]:
        return [constant(f"{name}.scale", np.float32(step)), constant(f"{name}.zero", np.uint8(zero))]

    x = node("Transpose", ["chips"], "planes", perm=[0, 3, 1, 2])
    if rounded:
        x = node("DequantizeLinear", [x, *scale("pixels", 1 / SPREAD, int(MIDDLE))], "pixels")
    else:
        x = node("Cast", [x], "numbers", to=TensorProto.FLOAT)
        x = node("Sub", [x, constant("middle", np.float32(MIDDLE))], "centred")
        x = node("Div", [x, constant("spread", np.float32(SPREAD))], "pixels")
        constant("least", np.float32(0)), constant("most", np.float32(6))
    for number, (weight, bias) in enumerate(zip(layers.weights, layers.biases)):
        pair, second = divmod(number - 1, 2)
        name = "first" if number == 0 else f"{'pointwise' if second else 'depthwise'}_{pair + 1}"
        size = weight.shape[-1]
        shape = {
            "kernel_shape": [size, size], "strides": [layers.strides[number]] * 2, "pads": [size // 2] * 4,
            "group": len(weight) if layers.depthwise[number] else 1,
        }
        if rounded:
            scales = rounded.scales[number].numpy()
            kernel = node(
                "DequantizeLinear",
                [constant(f"{name}.weight.whole", rounded.whole[number].numpy()), constant(f"{name}.weight.scale", scales)],
                f"{name}.weight", axis=0,
            )
            steps = (scales * np.float32(rounded.inputs[number])).astype(np.float32)
            whole = np.round(bias.numpy() / steps).astype(np.int32)
            offset = node(
                "DequantizeLinear",
                [constant(f"{name}.bias.whole", whole), constant(f"{name}.bias.scale", steps)],
                f"{name}.bias", axis=0,
            )
            x = node("Conv", [x, kernel, offset], f"{name}.sum", **shape)
            # Bytes begin at 0 and end at 6 or below, so that no ReLU6 is needed.
            steps = scale(name, rounded.outputs[number], 0)
            x = node("QuantizeLinear", [x, *steps], f"{name}.bytes")
            x = node("DequantizeLinear", [x, *steps], name)
        else:
            kernel = constant(f"{name}.weight", weight.float().numpy())
            x = node("Conv", [x, kernel, constant(f"{name}.bias", bias.float().numpy())], f"{name}.sum", **shape)
            x = node("Clip", [x, "least", "most"], name)
    x = node("GlobalAveragePool", [x], "pool")
    features = node("Flatten", [x], "features", axis=1)

    hidden = node("Relu", [graph.linear(student.hidden, features, "hidden.sum")], "hidden")
    for name, layer, x in (("age", student.age, hidden), ("gender", student.gender, hidden), ("face", student.face, features)):
        node("Softmax", [graph.linear(layer, x, f"{name}.logits")], name, axis=1)
    outputs = {"age": student.age, "gender": student.gender, "face": student.face}
    made = helper.make_graph(
        graph.nodes, "facedrop",
        [helper.make_tensor_value_info("chips", TensorProto.UINT8, ["batch", side, side, 3])],
        [
            *(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", layer.out_features]) for name, layer in outputs.items()),
            helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", student.hidden.in_features]),
        ],
        graph.constants,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPERATOR_SET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    return model


def read_student(state: Path, shape: Shape) -> Student:
    weights = torch.load(state, weights_only=True)["average"]
    student = Student(shape)
    student.load_state_dict({name[8:]: value for name, value in weights.items() if name.startswith("student.")})
    return student.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--shape", choices=SHAPES, default="default")
    parser.add_argument("--state", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--sets", default="fairface,utkface,aaf")
    parser.add_argument("--targets", default="targets", help="targets or permissive")
    options = parser.parse_args()
    torch.set_num_threads(1)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    shape = SHAPES[options.shape]
    student = read_student(Path(options.state), shape)
    layers = Layers(student)
    onnx.save(build(layers, student, shape.side, None), out / "float.onnx")
    x = (Learned(Path(options.store), shape, options.sets.split(","), options.targets).plain(CALIBRATION) - MIDDLE) / SPREAD
    rounded = Rounded(layers, ranges(layers, x))
    correct(layers, rounded, x)
    onnx.save(build(layers, student, shape.side, rounded), out / "model.onnx")
    print(f"{out / 'model.onnx'}: {(out / 'model.onnx').stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
