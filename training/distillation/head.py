"""Trains a new head on a student's features. The student stays as it is, so this takes a minute.

    python head.py STORE --trunk MODEL.onnx --out FOLDER

The head learns from the features that the student has of faces in STORE (`answers.py STORE student MODEL.onnx`). Writes
FOLDER/model.onnx.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from faces import YEARS, Faces, read_answers, rows_of
from graph import Graph
from onnx import TensorProto, helper, shape_inference, utils
from targets import Head, lessons, teach

# Share of portraits, whose targets `targets.py` wrote, beside labelled faces. Without them the head would forget what the
# student learned of portraits from AgeGenderNet.
PORTRAITS = 0.05
# Share of the student's own answer in the gender that the head learns for a face whose year is labelled. Labels err, and
# among these faces the student knows it.
OWN_GENDER = 0.3


def learn(store: Path, seed: int) -> Head:
    faces = Faces(store)
    answers, portraits = read_answers(store, "student"), read_answers(store, "age-gender-net")
    if answers is None or portraits is None:
        raise SystemExit("Expected answers of student and of age-gender-net: run answers.py.")
    portrait = faces.kind[answers["index"]] == "portrait"
    learned = faces.labelled[answers["index"]] | portrait
    index, portrait = answers["index"][learned], portrait[learned]
    x = answers["features"][learned].astype(np.float32)
    middle, spread = x.mean(0), x.std(0) + 1e-3
    years = np.clip(portraits["age"][rows_of(portraits["index"], index), 0], 0, YEARS - 1)
    _, _, ages, genders, odds = lessons(faces, index, years)
    ranged = faces.ranged[index]
    share = np.where(ranged, 0, OWN_GENDER)[:, None].astype(np.float32)
    genders = (1 - share) * genders + share * answers["gender"][learned]
    if portrait.any():
        targets = dict(np.load(store / "targets.npz"))
        place = rows_of(targets["index"], index[portrait])
        ages[portrait], genders[portrait] = targets["age"][place], targets["gender"][place]
        odds[portrait] = PORTRAITS * odds.sum() / portrait.sum()
    head = teach(*map(torch.tensor, ((x - middle) / spread, ages, ranged, genders, odds)), seed)
    with torch.no_grad():
        head.hidden.weight /= torch.tensor(spread)
        head.hidden.bias -= head.hidden.weight @ torch.tensor(middle)
    return head


def build(trunk: onnx.ModelProto, head: Head) -> onnx.ModelProto:
    model, graph = utils.Extractor(shape_inference.infer_shapes(trunk)).extract_model(["chips"], ["features"]), Graph()
    hidden = graph.node("Relu", [graph.linear(head.hidden, "features", "hidden.sum")], "hidden")
    for name, layer in (("age", head.age), ("gender", head.gender)):
        graph.node("Softmax", [graph.linear(layer, hidden, f"{name}.logits")], name, axis=1)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--trunk", required=True, help="the student")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(build(onnx.load(options.trunk), learn(Path(options.store), options.seed)), out / "model.onnx")
    print(f"{out / 'model.onnx'}: {(out / 'model.onnx').stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
