"""Trains a new head on a student's features. The student stays as it is, so this takes a minute.

    python head.py STORE --trunk MODEL.onnx --out FOLDER [--opinion AGE-GENDER-NET.onnx]

The head learns from the features that the student has of faces in STORE (`answers.py STORE student MODEL.onnx`).
`--opinion`: of a student that has learned from FairFace alone, with AgeGenderNet as a part of the network (`opinion.py`).
Writes FOLDER/model.onnx.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import opinion
import torch
from answers import VIEWS
from faces import YEARS, Faces, read_answers, rows_of
from graph import Graph, part_of
from networks import take_in
from onnx import TensorProto, helper
from targets import Head, lessons, teach

# Share of portraits, whose targets `targets.py` wrote, beside labelled faces. Without them the head would forget what the
# student learned of portraits from AgeGenderNet.
PORTRAITS = 0.05
# Share of the student's own answer in the gender that the head learns for a face whose year is labelled. Labels err, and
# among these faces the student knows it.
OWN_GENDER = 0.3


def learn(store: Path, seed: int, advised: bool) -> Head:
    faces = Faces(store)
    answers, portraits = read_answers(store, "student"), read_answers(store, "age-gender-net")
    if answers is None or portraits is None:
        raise SystemExit("Expected answers of student and of age-gender-net: run answers.py.")
    if advised and (faces.set[answers["index"]] != "fairface").any():
        raise SystemExit("Expected a permissive student's answers: run answers.py STORE student MODEL.onnx --sets fairface.")
    portrait = faces.kind[answers["index"]] == "portrait"
    learned = faces.labelled[answers["index"]] | portrait
    index, portrait = answers["index"][learned], portrait[learned]
    x, beside = answers["features"][learned].astype(np.float32), rows_of(portraits["index"], index)
    if advised:
        x = np.concatenate([x, portraits["features"][beside].astype(np.float32)], 1)
    middle, spread = x.mean(0), x.std(0) + 1e-3
    years = np.clip(portraits["age"][beside, 0], 0, YEARS - 1)
    _, inside, ages, genders, frequency = lessons(faces, index, years)
    ranged = faces.ranged[index]
    share = np.where(ranged, 0, OWN_GENDER)[:, None].astype(np.float32)
    genders = (1 - share) * genders + share * answers["gender"][learned]
    if portrait.any():
        targets = dict(np.load(store / "targets.npz"))
        place = rows_of(targets["index"], index[portrait])
        ages[portrait], genders[portrait] = targets["age"][place], targets["gender"][place]
        frequency[portrait] = PORTRAITS * frequency.sum() / portrait.sum()
    learned_as_range = ranged
    if advised:
        ages, learned_as_range = opinion.placed(years, inside), np.zeros_like(ranged)
    head = teach(*map(torch.tensor, ((x - middle) / spread, ages, learned_as_range, genders, frequency)), seed)
    take_in(head.hidden, torch.tensor(middle), torch.tensor(spread))
    return head


def build(trunk: onnx.ModelProto, head: Head, adviser: onnx.ModelProto | None) -> onnx.ModelProto:
    side, extent, features = VIEWS["student"]
    model, graph = part_of(trunk, features), Graph()
    if adviser:
        features = graph.node("Concat", [features, opinion.look(graph, side, extent, adviser)], "seen", axis=1)
    hidden = graph.node("Relu", [graph.linear(head.hidden, features, "hidden.sum")], "hidden")
    own = "age.own" if adviser else "age"
    for name, output, layer in (("age", own, head.age), ("gender", "gender", head.gender)):
        graph.node("Softmax", [graph.linear(layer, hidden, f"{name}.logits")], output, axis=1)
    if adviser:
        opinion.mix(graph, own)
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
    parser.add_argument("--opinion", help="AgeGenderNet, in bytes")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    head = learn(Path(options.store), options.seed, advised=options.opinion is not None)
    adviser = onnx.load(options.opinion) if options.opinion else None
    onnx.save(build(onnx.load(options.trunk), head, adviser), out / "model.onnx")
    print(f"{out / 'model.onnx'}: {(out / 'model.onnx').stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
