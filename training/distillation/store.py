"""Decodes prepared faces once, so that training never waits for it.

    python store.py PREPARED... --portraits PREPARED... --finds FINDS --out STORE

PREPARED are folders that `npm run dataset -- prepare` wrote, FINDS the one of `finds.ts`. What is labelled of portraits is
left out: AgeGenderNet teaches them. Writes STORE/pixels.npy (n × SIDE × SIDE × 3, RGB) and STORE/faces.json (what is known
of each). A store that is there already is kept.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from faces import YEARS

# Faces are kept at this side, in pixels: few photos of the sets show more.
SIDE = 176


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--portraits", nargs="*", default=[])
    parser.add_argument("--finds", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    faces = [face for folder in options.sets for face in list_prepared(Path(folder))]
    faces += list_finds(Path(options.finds))
    faces += [face for folder in options.portraits for face in list_portraits(Path(folder))]
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    done = out / "faces.json"
    if done.exists() and json.loads(done.read_text()) == faces:
        print(f"{len(faces)} faces are already there")
        return
    # Nothing is to take an unfinished store for a whole one.
    done.unlink(missing_ok=True)
    pixels = np.lib.format.open_memmap(out / "pixels.npy", "w+", np.uint8, (len(faces), SIDE, SIDE, 3))
    files: dict[str, bytes] = {}
    for index, face in enumerate(faces):
        if face["jpegs"] not in files:
            files = {face["jpegs"]: Path(face["jpegs"]).read_bytes()}
        pixels[index] = cv2.resize(decode(files[face["jpegs"]], face), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        if index % 5000 == 0:
            print(f"{index} of {len(faces)}", flush=True)
    pixels.flush()
    done.write_text(json.dumps(faces))
    print(f"{len(faces)} faces in {out}")


def decode(jpegs: bytes, face: dict) -> np.ndarray:
    data = np.frombuffer(jpegs, np.uint8, face["length"], face["offset"])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]


def shards_of(folder: Path) -> tuple[str, list[tuple[dict, dict]]]:
    """@returns the name of a prepared set, and its faces: what is known of each, and where its picture lies"""
    prepared = json.loads((folder / "prepared.json").read_text())
    faces = []
    for shard in prepared["shards"]:
        for face in json.loads((folder / f"{shard}.json").read_text())["faces"]:
            picture = {"jpegs": str(folder / f"{shard}.jpegs"), "offset": face["offset"], "length": face["length"]}
            faces.append((face, picture))
    return prepared["name"], faces


def list_prepared(folder: Path) -> list[dict]:
    """Labelled faces: `low` and `high` is the range that the age lies in, both included."""
    name, known = shards_of(folder)
    faces = []
    for face, picture in known:
        if "age" not in face or "gender" not in face:
            continue
        ranged = face.get("ageRange")
        low, high = (ranged["low"], ranged["high"]) if ranged else (round(face["age"]), round(face["age"]))
        faces.append(
            {
                "set": name,
                "split": face["split"],
                "low": min(int(low), YEARS - 1),
                "high": min(int(high), YEARS - 1),
                "gender": int(face["gender"] == "F"),
                "group": face["groups"].get("group", ""),
                "kind": "face",
                **picture,
            }
        )
    return faces


UNLABELLED = {"low": -1, "high": -1, "gender": -1, "group": ""}


def list_portraits(folder: Path) -> list[dict]:
    """Faces that are all learned from, as nothing judges by them."""
    name, known = shards_of(folder)
    return [{**UNLABELLED, "set": name, "split": "train", "kind": "portrait", **picture} for _, picture in known]


def list_finds(folder: Path) -> list[dict]:
    """What the detector found in whole photos: faces without labels, and what is no face."""
    return [
        {
            **{**UNLABELLED, "set": "finds", "jpegs": str(folder / "finds.jpegs")},
            **{name: find[name] for name in ("kind", "split", "confidence", "size", "offset", "length")},
        }
        for find in json.loads((folder / "finds.json").read_text())
    ]


if __name__ == "__main__":
    main()
