"""AgeGenderNet's opinion, as a part of another network.

A network that has learned from FairFace alone has seen no face whose year is known. AgeGenderNet has seen others, and knows
portraits and family photos: its features tell the head more, and it has a share in the ages of all but children. Where the
two differ, the distribution is wide, and so is the interval.
"""

import numpy as np
import onnx
from answers import VIEWS
from faces import YEARS
from graph import Graph, part_of
from onnx import compose
from targets import DEVIATION, SLOPE, bumps, narrowed

# A child, of whose age AgeGenderNet is further off than the head.
CHILD = 13
# AgeGenderNet's share in the age of who is no child.
SHARE = 0.4
# Within a labelled range, an age lies where AgeGenderNet sees it, give or take this many years; the rest of this share may
# lie outside.
WITHIN_DEVIATION, WITHIN = 4, 0.95


def placed(years: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """@param inside 1 for the years of each face's range, else 0 @returns where in the range the ages lie, as distributions"""
    return narrowed(bumps(years, WITHIN_DEVIATION + SLOPE * years), inside, WITHIN, 1e-4).astype(np.float32)


def look(graph: Graph, side: int, extent: float, network: onnx.ModelProto) -> str:
    """AgeGenderNet looks at the middle of chips of that side and extent. @returns what its features are called"""
    inner, its_extent, features = VIEWS["age-gender-net"]
    network = compose.add_prefix(part_of(network, "age", features), "opinion/")
    square = round(side * its_extent / extent)
    edge = (side - square) // 2
    corner = graph.constant("opinion/from", np.array([edge, edge]))
    end = graph.constant("opinion/to", np.array([edge + square, edge + square]))
    x = graph.node("Slice", ["chips", corner, end, graph.constant("opinion/axes", np.array([1, 2]))], "opinion/square")
    x = graph.node("Cast", [x], "opinion/numbers", to=onnx.TensorProto.FLOAT)
    x = graph.node("Transpose", [x], "opinion/planes", perm=[0, 3, 1, 2])
    # A little more, as the size that comes of it is rounded down.
    share = np.float32(inner / square + 1e-5)
    scales = graph.constant("opinion/scales", np.array([1, 1, share, share], np.float32))
    x = graph.node("Resize", [x, "", scales], "opinion/resized", mode="linear")
    # AgeGenderNet's own first steps: from bytes, n × side × side × 3, to numbers, n × 3 × side × side.
    first = [node for node in network.graph.node if node.op_type in ("Transpose", "Cast")][:2]
    for node in network.graph.node:
        node.input[:] = [x if name == first[-1].output[0] else name for name in node.input]
    graph.nodes += [node for node in network.graph.node if node not in first]
    graph.constants += network.graph.initializer
    return f"opinion/{features}"


def mix(graph: Graph, own: str) -> None:
    """The output `age`: a Gaussian around AgeGenderNet's age, as wide as such ages are off, and the own distribution."""
    years = graph.constant("years", np.arange(YEARS, dtype=np.float32)[None])
    number = lambda name, value: graph.constant(name, np.array(value, np.float32))
    said = graph.node("Clip", ["opinion/age", number("youngest", 0), number("oldest", YEARS - 1)], "opinion/said")
    wide = graph.node("Mul", [said, number("opinion/slope", SLOPE)], "opinion/slope.years")
    wide = graph.node("Add", [wide, number("opinion/least", DEVIATION)], "opinion/deviation")
    away = graph.node("Div", [graph.node("Sub", [years, said], "opinion/difference"), wide], "opinion/away")
    logits = graph.node("Mul", [graph.node("Mul", [away, away], "opinion/away.square"), number("half", -0.5)], "opinion/logits")
    bump = graph.node("Softmax", [logits], "opinion/distribution", axis=1)
    weight = graph.constant("opinion/share", SHARE * (np.arange(YEARS) >= CHILD).astype(np.float32)[:, None])
    weight = graph.node("MatMul", [own, weight], "opinion/weight")
    change = graph.node("Mul", [graph.node("Sub", [bump, own], "opinion/apart"), weight], "opinion/change")
    graph.node("Add", [own, change], "age")
