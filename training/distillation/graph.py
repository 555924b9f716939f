"""Builds the nodes and constants of an ONNX network."""

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper


class Graph:
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
