"""ONNX networks: opened, and built."""

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import helper, numpy_helper, shape_inference, utils


def open_network(file: str, *outputs: str) -> ort.InferenceSession:
    """On one core. `outputs`: inner values that it is to give, too."""
    model = onnx.load(file)
    model.graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model.SerializeToString(), options)


def part_of(network: onnx.ModelProto, *outputs: str) -> onnx.ModelProto:
    """The part of a network that leads from its chips to some values."""
    return utils.Extractor(shape_inference.infer_shapes(network)).extract_model(["chips"], list(outputs))


class Graph:
    """Nodes and constants of a network to be."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=f"{kind}/{output}", **attributes))
        return output

    def linear(self, layer: torch.nn.Linear, x: str, name: str) -> str:
        weight = self.constant(f"{name}.weight", layer.weight.detach().float().numpy().T)
        return self.node("Gemm", [x, weight, self.constant(f"{name}.bias", layer.bias.detach().float().numpy())], name)
