"""Asks existing networks about each face, once.

    python answers.py STORE age-gender-net .build/models/age-gender-net/model.onnx
    python answers.py STORE student RUN/model.onnx

Writes STORE/NAME.npz: what the network tells of each face that is learned from, and the features that it tells it from.
Resumes where it was interrupted. Adds to answers of the same network that are there already, and replaces another's.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from chips import served
from faces import YEARS, save
from graph import open_network
from networks import SHAPES

# Side of a network's chips, their size in sizes of the face, and what its features are called.
VIEWS = {
    # What `train.py` and `export.py` make.
    "student": (SHAPES["default"].side, SHAPES["default"].extent, "features"),
    # Version 4 of the default model, from which the student learns.
    "default": (160, 1.6, "Flatten_278"),
    "age-gender-net": (112, 1.12, "Flatten_106"),
    "faceres": (160, 1.5, "Flatten_170"),
}
BATCH, CHUNK = 16, 3200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("name", choices=VIEWS)
    parser.add_argument("file")
    parser.add_argument("--sets", default="aaf,utkface,fairface,scut,finds")
    parser.add_argument("--part", default="0/1", help="0/2 and 1/2 share the work between two processes")
    options = parser.parse_args()
    store = Path(options.store)
    kept = (store / "faces.json").read_bytes()
    faces = json.loads(kept)
    sets = options.sets.split(",")
    done = store / f"{options.name}.npz"
    # Answers of another network, or about another store's faces, are of no use.
    asked = hashlib.sha256(Path(options.file).read_bytes() + kept).hexdigest()
    answers = dict(np.load(done)) if done.exists() else {}
    parts = [answers] if str(answers.pop("asked", "")) == asked else []
    known = set(parts[0]["index"].tolist()) if parts else set()
    wanted = [
        index
        for index, face in enumerate(faces)
        if face["split"] == "train" and face["set"] in sets and index not in known
    ]
    pixels = np.load(store / "pixels.npy", mmap_mode="r")
    # A student gives its features without being asked to.
    added = [] if options.name == "student" else [VIEWS[options.name][2]]
    session, (part, shares) = open_network(options.file, *added), map(int, options.part.split("/"))
    work = hashlib.sha256(f"{asked} {wanted}".encode()).hexdigest()[:8]
    chunks = [store / f"{options.name}.{work}.{start}.part.npz" for start in range(0, len(wanted), CHUNK)]
    for number, chunk in enumerate(chunks):
        if not chunk.exists() and number % shares == part:
            save(chunk, **ask(session, options.name, pixels, wanted[number * CHUNK :][:CHUNK]))
            print(f"{options.name}: {number + 1} of {len(chunks)}", flush=True)
    if all(chunk.exists() for chunk in chunks):
        parts += [dict(np.load(chunk)) for chunk in chunks]
        save(done, asked=np.array(asked), **{key: np.concatenate([part[key] for part in parts]) for key in parts[0]})
        for chunk in chunks:
            chunk.unlink()


def ask(session: ort.InferenceSession, name: str, pixels: np.ndarray, wanted: list[int]) -> dict[str, np.ndarray]:
    side, extent, features = VIEWS[name]
    told: list[list[np.ndarray]] = [[], [], []]
    for start in range(0, len(wanted), BATCH):
        chips = np.stack([served(pixels[index], side, extent) for index in wanted[start : start + BATCH]])
        for kept, answer in zip(told, session.run(["age", "gender", features], {"chips": chips})):
            kept.append(answer.astype(np.float16 if answer.shape[1] > YEARS else np.float32))
    ages, genders, seen = map(np.concatenate, told)
    return {"index": np.array(wanted), "age": ages, "gender": genders, "features": seen}


if __name__ == "__main__":
    main()
