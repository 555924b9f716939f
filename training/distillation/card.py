"""Writes the cards of a judged network, age.json and gender.json, as models/card.ts reads them.

    python card.py STORE PREPARED... --model FOLDER --version 4 --out CANDIDATE

FOLDER is what `export.py` and `evaluate.py` wrote, PREPARED the folders of the sets that judge the network; it learned
from all of them unless `--learned` names some. The measures are those of the test faces whose age in years is known; the
gender's are of all test faces.
"""

import argparse
import datetime
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
from evaluate import interval, quantile
from networks import SHAPES
from targets import Faces

# attributes/age/group.ts
BOUNDS = ((0, 2), (4, 6), (8, 12), (15, 20), (25, 32), (38, 43), (48, 53), (60, 100))
BETWEEN = [(one[1] + other[0]) / 2 for one, other in zip(BOUNDS, BOUNDS[1:])]


def group_of(years: np.ndarray) -> np.ndarray:
    return np.searchsorted(BETWEEN, years, "right")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--model", required=True)
    parser.add_argument("--name", default="facedrop")
    parser.add_argument("--version", required=True)
    parser.add_argument("--learned", help="names of the sets that the network learned from and was calibrated on")
    parser.add_argument("--shape", choices=SHAPES, default="default")
    parser.add_argument("--side", type=int, help="instead of the shape's")
    parser.add_argument("--extent", type=float, help="instead of the shape's")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    folder, out, shape = Path(options.model), Path(options.out), SHAPES[options.shape]
    faces = Faces(Path(options.store))
    figures = json.loads((folder / "figures-model.json").read_text())
    told = dict(np.load(folder / "answers-model.npz"))
    judged = told["index"]
    digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    if not str(told["asked"]).startswith(digest):
        raise SystemExit(f"Expected answers of {folder / 'model.onnx'} but they are another network's. Run evaluate.py again.")
    prepared = [json.loads((Path(folder) / "prepared.json").read_text()) for folder in options.sets]
    names = [one["name"] for one in prepared]
    learned = options.learned.split(",") if options.learned else names
    own = np.isin(faces.set, learned)
    counts = {split: int((own & (faces.split == split)).sum()) for split in ("train", "validation", "test")}

    calibrated = [name for name in learned if (faces.labelled & (faces.set == name) & (faces.split == "validation")).any()]
    test = np.flatnonzero((faces.split[judged] == "test") & np.isin(faces.set[judged], names))
    exact = test[faces.exact[judged[test]]]
    years, ages = told["age"][exact], faces.low[judged[exact]]
    middle = quantile(years, 0.5).clip(0, 100)
    groups = np.stack([years[:, group_of(np.arange(101)) == group].sum(1) for group in range(8)], 1)
    distance = np.abs(groups.argmax(1) - group_of(ages))
    inside = np.array([any(first <= age <= last for first, last in BOUNDS) for age in ages])
    low, high = interval(years, figures["interval"])
    gender = told["gender"][test].argmax(1) == faces.gender[judged[test]]
    share = lambda values: float(np.mean(values))
    age_measures = {
        "faces": len(exact), "found": 1, "meanAbsoluteError": share(np.abs(np.round(middle, 1) - ages)),
        "exact": share(distance == 0), "oneOff": share(distance <= 1),
        "exactInGroup": share(distance[inside] == 0), "oneOffInGroup": share(distance[inside] <= 1),
        "covered": share((ages >= np.round(low, 1) - 0.5) & (ages <= np.round(high, 1) + 0.5)),
    }
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / "model.onnx", out / "model.onnx")
    model = (out / "model.onnx").read_bytes()
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def card(measures: dict, rest: dict) -> dict:
        return {
            "name": options.name, "version": options.version, "input": {"side": options.side or shape.side},
            "views": [{"extent": options.extent or shape.extent}],
            "files": {"model.onnx": {"bytes": len(model), "sha256": hashlib.sha256(model).hexdigest()}},
            "trainedOn": {
                "data": "+".join(learned),
                "hash": "+".join(one["contentHash"] for one in prepared if one["name"] in learned), "faces": counts,
            },
            "metrics": measures, "createdAt": now, **rest,
        }

    age = {"task": "age", "output": "years", "estimate": "median", "interval": {**figures["interval"], "sets": calibrated}}
    gender_measures = {"faces": len(test), "found": 1, "gender": share(gender)}
    for name, content in (
        ("age", card(age_measures, age)),
        ("gender", card(gender_measures, {"task": "gender", "output": "gender"})),
    ):
        (out / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")
    print(json.dumps({**age_measures, **gender_measures}, indent=1))


if __name__ == "__main__":
    main()
