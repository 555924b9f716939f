"""Writes the cards of a judged network, age.json and gender.json, as models/card.ts reads them.

    python card.py STORE PREPARED... --model FOLDER --version 4 --out CANDIDATE

FOLDER holds the network and what `evaluate.py` wrote about it. PREPARED are the folders of the sets that it learned from or
is judged by; it learned from all of them unless `--learned` names some. The measures are those of the test faces whose age
in years is known; the gender's are of all test faces.
"""

import argparse
import datetime
import hashlib
import json
from pathlib import Path

import numpy as np
from faces import Faces
from judged import Judged, network_of
from networks import SHAPES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--model", required=True)
    parser.add_argument("--name", default="facedrop")
    parser.add_argument("--version", required=True)
    parser.add_argument("--learned", help="names of the sets that the network learned from")
    parser.add_argument("--shape", choices=SHAPES, default="default")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    folder, out, shape = Path(options.model), Path(options.out), SHAPES[options.shape]
    faces = Faces(Path(options.store))
    judged = Judged(faces, folder)
    model = network_of(folder, judged.asked)
    if judged.figures["share"] < 1:
        raise SystemExit(f"Expected {folder / 'model.onnx'} to be judged on all faces: run evaluate.py again.")
    prepared = [json.loads((Path(folder) / "prepared.json").read_text()) for folder in options.sets]
    names = [one["name"] for one in prepared]
    learned = options.learned.split(",") if options.learned else names
    own = np.isin(faces.set, learned)
    counts = {split: int((own & (faces.split == split)).sum()) for split in ("train", "validation", "test")}

    test = np.isin(faces.set[judged.index], names)
    exact = test & faces.exact[judged.index]
    inside = exact & judged.in_a_group
    share = lambda values, of: float(values[of].mean())
    age_measures = {
        "faces": int(exact.sum()), "found": 1, "meanAbsoluteError": share(judged.error, exact),
        "exact": share(judged.distance == 0, exact), "oneOff": share(judged.distance <= 1, exact),
        "exactInGroup": share(judged.distance == 0, inside), "oneOffInGroup": share(judged.distance <= 1, inside),
        "covered": share(judged.covered, exact),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.onnx").write_bytes(model)
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def card(measures: dict, rest: dict) -> dict:
        return {
            "name": options.name, "version": options.version, "input": {"side": shape.side},
            "views": [{"extent": shape.extent}],
            "files": {"model.onnx": {"bytes": len(model), "sha256": hashlib.sha256(model).hexdigest()}},
            "trainedOn": {
                "data": "+".join(learned),
                "hash": "+".join(one["contentHash"] for one in prepared if one["name"] in learned), "faces": counts,
            },
            "metrics": measures, "createdAt": now, **rest,
        }

    age = {"task": "age", "output": "years", "estimate": "median", "interval": judged.figures["interval"]}
    gender_measures = {"faces": int(test.sum()), "found": 1, "gender": share(judged.gender, test)}
    for name, content in (
        ("age", card(age_measures, age)),
        ("gender", card(gender_measures, {"task": "gender", "output": "gender"})),
    ):
        (out / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")
    print(json.dumps({**age_measures, **gender_measures}, indent=1))


if __name__ == "__main__":
    main()
