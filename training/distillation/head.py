"""Gives a network that knows faces a new head.

    python head.py STORE student --trunk MODEL.onnx --out FOLDER
    python head.py STORE faceres --trunk MODEL.onnx --opinion AGE-GENDER-NET.onnx --out FOLDER

The head learns from the features that the network has of faces in STORE (`answers.py STORE NAME`). The network stays as
it is, so this takes a minute. faceres has learned from no face that is labelled with a year: AgeGenderNet, which knows
portraits and family photos, has a share in the ages of all but children. Where the two differ, the distribution is wide,
and so is the interval. Writes FOLDER/model.onnx.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from answers import VIEWS
from onnx import TensorProto, compose, helper, numpy_helper, shape_inference, utils
from store import YEARS
from targets import DEVIATION, SLOPE, Faces, Head, bumps, lessons, read_answers, teach

# A child, of whose age AgeGenderNet is further off than the head.
CHILD = 13


# AgeGenderNet's share in the age of who is no child.
OPINION = 0.4
# Share of portraits, whose targets `targets.py` wrote, beside labelled faces. Without them the head would forget what the
# student learned of portraits from AgeGenderNet.
PORTRAITS = 0.05
# Within a range, an age lies where AgeGenderNet sees it, give or take this many years; this share of it may lie outside.
WITHIN_DEVIATION, OUTSIDE = 4, 0.05
# Share of the network's own answer in the gender that the head learns for a face whose year is labelled. Labels err, and
# among these faces the network knows it.
OWN_GENDER = 0.3
# Such labels make it less confident than it is right: its logits are divided by this, which fits validation faces best
# (Guo et al., "On Calibration of Modern Neural Networks", 2017).
TEMPERATURE = 0.8


def learn(store: Path, name: str, seed: int) -> tuple[Head, np.ndarray, np.ndarray]:
    """@returns the head, and what features are to be reduced and divided by before"""
    faces = Faces(store)
    answers, portraits = read_answers(store, name), read_answers(store, "age-gender-net")
    if answers is None or portraits is None:
        raise SystemExit(f"Expected answers of {name} and of age-gender-net: run answers.py.")
    order = np.argsort(answers["index"])
    index = answers["index"][order]
    if not np.isin(index, portraits["index"]).all():
        raise SystemExit("Expected both networks to be asked about the same faces: run answers.py to its end.")
    beside = np.searchsorted(portraits["index"], index)
    seen = [answers["features"][order]]
    # The head learns from AgeGenderNet's features, too, and from its ages where in a labelled range an age lies.
    advised = name == "faceres"
    if advised:
        seen.append(portraits["features"][beside])
    x = np.concatenate(seen, 1).astype(np.float32)
    middle, spread = x.mean(0), x.std(0) + 1e-3
    portrait = faces.kind[index] == "portrait"
    learned = faces.labelled[index] | portrait
    x, index, order, beside, portrait = x[learned], index[learned], order[learned], beside[learned], portrait[learned]
    years = np.clip(portraits["age"][beside, 0], 0, YEARS - 1)
    _, inside, ages, genders, odds = lessons(faces, index, years)
    ranged = faces.ranged[index]
    learned_as_range = ranged
    if advised:
        said = bumps(years, WITHIN_DEVIATION + SLOPE * years)
        narrowed = inside * (said + 1e-4)
        narrowed /= np.maximum(narrowed.sum(1, keepdims=True), 1e-9)
        ages = np.where(ranged[:, None], (1 - OUTSIDE) * narrowed + OUTSIDE * said, ages).astype(np.float32)
        learned_as_range = np.zeros_like(ranged)
    share = np.where(ranged, 0, OWN_GENDER)[:, None].astype(np.float32)
    genders = (1 - share) * genders + share * answers["gender"][order]
    if portrait.any():
        targets = dict(np.load(store / "targets.npz"))
        place = np.searchsorted(targets["index"], index[portrait])
        ages[portrait], genders[portrait] = targets["age"][place], targets["gender"][place]
        odds[portrait] = PORTRAITS * odds.sum() / portrait.sum()
    head = teach(*map(torch.tensor, ((x - middle) / spread, ages, learned_as_range, genders, odds)), seed)
    return head, middle, spread


class Graph:
    """Nodes and constants to be added to a network."""

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
        weight = self.constant(f"{name}.weight", layer.weight.detach().numpy().T)
        return self.node("Gemm", [x, weight, self.constant(f"{name}.bias", layer.bias.detach().numpy())], name)


@torch.no_grad()
def fold(head: Head, middle: np.ndarray, spread: np.ndarray) -> None:
    """Takes the normalisation of the features, and the temperature, into the weights."""
    layer = head.hidden
    layer.weight /= torch.tensor(spread)
    layer.bias -= layer.weight @ torch.tensor(middle)
    head.gender.weight /= TEMPERATURE
    head.gender.bias /= TEMPERATURE


def extract(model: onnx.ModelProto, outputs: list[str]) -> onnx.ModelProto:
    """The part of a network that leads to some outputs."""
    return utils.Extractor(shape_inference.infer_shapes(model)).extract_model(["chips"], outputs)


def build(name: str, trunk: onnx.ModelProto, opinion: onnx.ModelProto | None, head: Head) -> onnx.ModelProto:
    features = VIEWS[name][2]
    model, graph = extract(trunk, [features]), Graph()
    if opinion is not None:
        features = graph.node("Concat", [features, look(graph, name, opinion)], "seen", axis=1)
    hidden = graph.node("Relu", [graph.linear(head.hidden, features, "hidden.sum")], "hidden")
    graph.node("Softmax", [graph.linear(head.gender, hidden, "gender.logits")], "gender", axis=1)
    logits = graph.linear(head.age, hidden, "age.logits")
    if opinion is None:
        graph.node("Softmax", [logits], "age", axis=1)
    else:
        add_opinion(graph, graph.node("Softmax", [logits], "age.own", axis=1))

    del model.graph.output[:]
    model.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", count]) for name, count in (("age", YEARS), ("gender", 2))
    )
    model.graph.node.extend(graph.nodes)
    model.graph.initializer.extend(graph.constants)
    del model.graph.value_info[:]
    model.graph.name = "facedrop"
    onnx.checker.check_model(model, full_check=True)
    return model


def look(graph: Graph, name: str, opinion: onnx.ModelProto) -> str:
    """AgeGenderNet looks at the middle of the network's chips. @returns what its features are called"""
    side, extent, _ = VIEWS[name]
    inner, its_extent, features = VIEWS["age-gender-net"]
    opinion = compose.add_prefix(extract(opinion, ["age", features]), "opinion/")
    square = round(side * its_extent / extent)
    edge = (side - square) // 2
    corner = graph.constant("opinion/from", np.array([edge, edge]))
    end = graph.constant("opinion/to", np.array([edge + square, edge + square]))
    x = graph.node("Slice", ["chips", corner, end, graph.constant("opinion/axes", np.array([1, 2]))], "opinion/square")
    x = graph.node("Cast", [x], "opinion/numbers", to=TensorProto.FLOAT)
    x = graph.node("Transpose", [x], "opinion/planes", perm=[0, 3, 1, 2])
    share = np.float32(inner / square)
    scales = graph.constant("opinion/scales", np.array([1, 1, share, share], np.float32))
    x = graph.node("Resize", [x, "", scales], "opinion/resized", mode="linear")
    # AgeGenderNet's own first steps: from bytes, n × side × side × 3, to numbers, n × 3 × side × side.
    first = [node for node in opinion.graph.node if node.op_type in ("Transpose", "Cast")][:2]
    for node in opinion.graph.node:
        node.input[:] = [x if name == first[-1].output[0] else name for name in node.input]
    graph.nodes += [node for node in opinion.graph.node if node not in first]
    graph.constants += opinion.graph.initializer
    return f"opinion/{features}"


def add_opinion(graph: Graph, own: str) -> None:
    """Mixes a Gaussian around AgeGenderNet's age, as wide as such ages are off, with the network's own distribution."""
    years = graph.constant("years", np.arange(YEARS, dtype=np.float32)[None])
    number = lambda name, value: graph.constant(name, np.array(value, np.float32))
    said = graph.node("Clip", ["opinion/age", number("youngest", 0), number("oldest", YEARS - 1)], "opinion/said")
    wide = graph.node("Mul", [said, number("opinion/slope", SLOPE)], "opinion/slope.years")
    wide = graph.node("Add", [wide, number("opinion/least", DEVIATION)], "opinion/deviation")
    away = graph.node("Div", [graph.node("Sub", [years, said], "opinion/difference"), wide], "opinion/away")
    logits = graph.node("Mul", [graph.node("Mul", [away, away], "opinion/away.square"), number("half", -0.5)], "opinion/logits")
    bump = graph.node("Softmax", [logits], "opinion/distribution", axis=1)
    weight = graph.constant("opinion/share", OPINION * (np.arange(YEARS) >= CHILD).astype(np.float32)[:, None])
    weight = graph.node("MatMul", [own, weight], "opinion/weight")
    change = graph.node("Mul", [graph.node("Sub", [bump, own], "opinion/apart"), weight], "opinion/change")
    graph.node("Add", [own, change], "age")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("name", choices=("student", "faceres"))
    parser.add_argument("--trunk", required=True, help="the network")
    parser.add_argument("--opinion", help="AgeGenderNet, in bytes; for faceres")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    if (options.opinion is None) != (options.name == "student"):
        raise SystemExit("Expected --opinion for faceres alone.")
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    head, middle, spread = learn(Path(options.store), options.name, options.seed)
    fold(head, middle, spread)
    opinion = onnx.load(options.opinion) if options.opinion else None
    onnx.save(build(options.name, onnx.load(options.trunk), opinion, head), out / "model.onnx")
    print(f"{out / 'model.onnx'}: {(out / 'model.onnx').stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
