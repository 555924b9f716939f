"""Judges networks on the test faces, as they are served, and calibrates their intervals.

    python evaluate.py STORE --model FOLDER/model.onnx --out FOLDER

`--model` may be given as NAME=FILE:SIDE:EXTENT:VIEWS for another network (of AgeGenderNet the age is a number of years; of
two views, one is the mirror image). Answers are kept in FOLDER/answers-NAME.npz, figures written to FOLDER/figures-NAME.json.
`--corrupted` measures how far answers move on corrupted photos, too.
"""

import argparse
import hashlib
import json
import math
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
import chips
from chips import KEPT, served
from faces import YEARS, Faces, save
from graph import open_network
from networks import SHAPES
from store import decode

BATCH = 16
DECADES = 8
LEVEL, FEWEST = 0.8, 100
BANDS = (0, 13, 60)
CORRUPTED_FACES = 600


def turned(face: np.ndarray, degrees: float) -> np.ndarray:
    side = len(face)
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), degrees, 1)
    return cv2.warpAffine(face, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def compressed(face: np.ndarray, quality: int) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", face[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)[..., ::-1]


def shrunk(face: np.ndarray, pixels: int) -> np.ndarray:
    """So that the face itself is so many pixels wide."""
    small = cv2.resize(face, (round(pixels * KEPT),) * 2, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, face.shape[:2], interpolation=cv2.INTER_LINEAR)


CORRUPTIONS = {
    "JPEG 40": lambda face: compressed(face, 40),
    "48 px": lambda face: shrunk(face, 48),
    "blur": lambda face: cv2.GaussianBlur(face, (0, 0), 2.5),
    "turned by 20°": lambda face: turned(face, 20),
    "turned by −20°": lambda face: turned(face, -20),
    "darker": lambda face: np.clip(face * 0.7, 0, 255).astype(np.uint8),
    "lighter": lambda face: np.clip(face * 1.3, 0, 255).astype(np.uint8),
    "mirrored": lambda face: np.ascontiguousarray(face[:, ::-1]),
}


def answer(session: ort.InferenceSession, rows: list[dict], wanted: np.ndarray, side: int, extent: float, views: int, corrupt=None):
    names = [output.name for output in session.get_outputs() if output.name in ("age", "gender", "face")]
    told: dict[str, list[np.ndarray]] = {name: [] for name in names}
    files: dict[str, bytes] = {}
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        cut = []
        for index in batch:
            row = rows[index]
            if row["jpegs"] not in files:
                files = {row["jpegs"]: Path(row["jpegs"]).read_bytes()}
            face = decode(files[row["jpegs"]], row)
            if corrupt:
                face = corrupt(face)
            cut += [served(face, side, extent, mirror) for mirror in (False, True)[:views]]
        given = session.run(names, {session.get_inputs()[0].name: np.stack(cut)})
        for name, values in zip(names, given):
            told[name].append(values.reshape(len(batch), views, -1).mean(1))
    return {name: np.concatenate(values) for name, values in told.items()}


def quantile(years: np.ndarray, share: float) -> np.ndarray:
    """As attributes/distribution.ts reads it: the mass of a year spreads over half a year on both sides."""
    total = years.cumsum(1)
    target = share * total[:, -1:]
    place = (total < target).sum(1).clip(0, YEARS - 1)
    rows = np.arange(len(years))
    below = np.where(place > 0, total[rows, place - 1], 0)
    return place - 0.5 + (target[:, 0] - below) / np.maximum(years[rows, place], 1e-12)


def margins_of(years: np.ndarray, ages: np.ndarray) -> dict:
    """attributes/age/intervals.ts, for faces whose ages are known."""
    low, high, middle = (quantile(years, share) for share in (0.1, 0.9, 0.5))
    outside = (np.maximum(low - ages, ages - high) - 0.5) / (high - low)
    band = np.searchsorted(BANDS, middle, "right") - 1
    labelled = np.searchsorted(BANDS, ages, "right") - 1

    def at(values: np.ndarray, level: float) -> float:
        ordered = np.sort(values)
        return float(ordered[min(len(ordered), math.ceil((len(ordered) + 1) * level)) - 1])

    overall = {"lower": 0.1, "upper": 0.9, "margin": at(outside, LEVEL), "faces": len(ages)}
    if any(min((band == b).sum(), (labelled == b).sum()) < FEWEST for b in range(len(BANDS))):
        return overall
    levels = np.full(len(BANDS), LEVEL)
    for _ in range(200):
        margins = np.array([at(outside[band == b], levels[b]) for b in range(len(BANDS))])
        held = np.array([(outside <= margins[band])[labelled == b].mean() for b in range(len(BANDS))])
        levels = np.clip(levels + 0.1 * (LEVEL - held), 0.5, 0.98)
    bands = [{"from": start, "margin": at(outside[band == b], levels[b])} for b, start in enumerate(BANDS)]
    return {**overall, "bands": bands}


def interval(years: np.ndarray, margins: dict) -> tuple[np.ndarray, np.ndarray]:
    low, high, middle = (quantile(years, share) for share in (0.1, 0.9, 0.5))
    margin = np.full(len(years), margins["margin"])
    for band in margins.get("bands", []):
        margin[middle >= band["from"]] = band["margin"]
    reach = np.maximum(-0.5, margin) * (high - low)
    return (low - reach).clip(0, YEARS - 1), (high + reach).clip(0, YEARS - 1)


def covered(ages: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """As an interval is told: to a tenth of a year, and a labelled year goes from half a year before to half a year after."""
    return (ages >= np.round(lower, 1) - 0.5) & (ages <= np.round(upper, 1) + 0.5)


def known_ages(faces: Faces, index: np.ndarray) -> np.ndarray:
    """A random age in each range: where ages are ranges, the share in an interval is only known in the mean."""
    random = np.random.default_rng(9).random(len(faces.low))[index]
    low, high = faces.low[index], faces.high[index]
    # Few of those in the range from 70 on are older.
    high = np.where(faces.ranged[index] & (low >= 70), np.minimum(high, 85), high)
    return np.floor(low + random * (high - low + 1)).clip(low, high)


def figures(faces: Faces, told: dict[str, np.ndarray], index: np.ndarray, single: bool, calibrated: list[str]) -> dict:
    place = np.full(len(faces.set), -1)
    place[index] = np.arange(len(index))
    age, gender = told["age"], told["gender"].argmax(1)
    middle = age[:, 0] if single else quantile(age, 0.5).clip(0, 100)
    result: dict = {}
    ages = known_ages(faces, index)
    split, sets = faces.split[index], faces.set[index]
    low, high, true = faces.low[index], faces.high[index], faces.gender[index]
    exact = faces.exact[index]
    names = [name for name in ("aaf", "utkface", "fairface") if (sets == name).any()]
    everything = None
    if (split == "validation").any() and not single:
        validation = split == "validation"
        # Photos of the whole world count as much as both other sets: users' photos are more like those.
        random = np.random.default_rng(4)
        few = min((validation & (sets == name)).sum() for name in calibrated)
        chosen = {
            name: random.permutation(np.flatnonzero(validation & (sets == name)))[: few * (2 if name == "fairface" else 1)]
            for name in names
        }
        together = np.concatenate([chosen[name] for name in calibrated])
        everything = margins_of(age[together], ages[together])
        result["interval"] = {**everything, "sets": calibrated}
    for name in names:
        own = (split == "test") & (sets == name)
        off = middle - ages
        told_years = np.round(middle)
        part: dict = {"faces": int(own.sum()), "gender": float((gender == true)[own].mean())}
        if name == "fairface":
            part["in range"] = float(((told_years >= low) & (told_years <= high))[own].mean())
            outside = np.maximum(np.maximum(low - 0.5 - middle, middle - high - 0.5), 0)
            part["years outside"] = float(outside[own].mean())
            part["bias"] = float((np.where(middle < low - 0.5, middle - low + 0.5, 0) + np.where(middle > high + 0.5, middle - high - 0.5, 0))[own].mean())
            groups = faces.group[index]
            part["gender by group"] = {g: float((gender == true)[own & (groups == g)].mean()) for g in sorted(set(groups[own]))}
            part["bias by range"] = {
                f"{a}-{b}": round(float(off[own & (low == a)].mean()), 2) for a, b in sorted(set(zip(low[own].tolist(), high[own].tolist())))
            }
            child = own & (high <= 9)
        else:
            part["years off"] = float(np.abs(off)[own].mean())
            part["bias"] = float(off[own].mean())
            decades = (low // 10).clip(0, DECADES)
            part["bias by decade"] = {str(10 * d): round(float(off[own & (decades == d)].mean()), 2) for d in range(DECADES + 1) if (own & (decades == d)).sum() > 14}
            child = own & (low <= 12)
        part["children"] = int(child.sum())
        part["children's gender"] = float((gender == true)[child].mean())
        minor, adult = own & (high < 18), own & (low >= 18)
        if name == "fairface":
            minor, adult = own & (high <= 9), own & (low >= 20)
        part["minors told 18 or more"] = float((middle >= 17.5)[minor].mean())
        part["adults told under 18"] = float((middle < 17.5)[adult].mean())
        if everything:
            lower, upper = interval(age, everything)
            inside = covered(ages, lower, upper)
            part["in the 80 % interval"] = float(inside[own].mean())
            part["width of the interval"] = float((upper - lower)[own].mean())
            others = np.concatenate([chosen[other] for other in names if other != name]) if len(names) > 1 else None
            if others is not None:
                inside = covered(ages, *interval(age, margins_of(age[others], ages[others])))
                part["in an interval of the other sets'"] = float(inside[own].mean())
        result[name] = part
    home = (split == "test") & exact
    result["home"] = {"faces": int(home.sum()), "years off": float(np.abs(middle - ages)[home].mean()), "gender": float((gender == true)[home].mean())}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--shape", choices=SHAPES, default="default", help="of a --model without its own")
    parser.add_argument("--out", required=True)
    parser.add_argument("--calibrate", default="aaf,utkface,fairface", help="sets whose validation faces give the margins")
    parser.add_argument("--corrupted", action="store_true")
    parser.add_argument("--share", type=float, default=1, help="of the faces, to look early")
    options = parser.parse_args()
    store, out, shape = Path(options.store), Path(options.out), SHAPES[options.shape]
    out.mkdir(parents=True, exist_ok=True)
    rows = json.loads((store / "faces.json").read_text())
    faces = Faces(store)
    kept_out = np.flatnonzero(faces.labelled & (faces.split != "train"))
    kept_out = kept_out[np.random.default_rng(1).random(len(kept_out)) < options.share]
    chips.check()
    cutter = hashlib.sha256(Path(chips.__file__).read_bytes()).hexdigest()
    finds = np.flatnonzero((faces.set == "finds") & (faces.split == "test"))
    for given in options.model:
        name, file, side, extent, views, judged = "model", given, shape.side, shape.extent, 1, kept_out
        if "=" in given:
            name, rest = given.split("=")
            file, side, extent, views = rest.split(":")
        side, extent, views = int(side), float(extent), int(views)
        session = open_network(file)
        kept = out / f"answers-{name}.npz"
        asked = f"{hashlib.sha256(Path(file).read_bytes()).hexdigest()} {side} {extent} {views} {cutter}"
        told = dict(np.load(kept)) if kept.exists() else {}
        # Answers of another network, or about other faces, are no longer its own.
        if str(told.get("asked")) != asked or not np.array_equal(told.get("index"), judged):
            told = answer(session, rows, judged, side, extent, views)
            told = {**told, "index": judged, "asked": np.array(asked)}
            save(kept, **told)
        single = told["age"].shape[1] == 1
        result = {"asked": asked, "share": options.share, **figures(faces, told, judged, single, options.calibrate.split(","))}
        if "face" in told:
            found = answer(session, rows, finds, side, extent, views)["face"][:, 1]
            real = told["face"][:, 1]
            kinds, sure = faces.kind[finds], faces.confidence[finds]
            result["no face"] = {
                "faces called none": {name: float((real < 0.5)[faces.set[judged] == name].mean()) for name in sorted(set(faces.set[judged]))},
                "faces in whole photos called none": float((found < 0.5)[kinds == "face"].mean()),
                "wrong finds called none": float((found < 0.5)[kinds == "wrong"].mean()),
                "wrong finds of service called none": float((found < 0.5)[(kinds == "wrong") & (sure >= 0.35)].mean()),
                "wrong finds of service": int(((kinds == "wrong") & (sure >= 0.35)).sum()),
                "beside": float((found < 0.5)[kinds == "beside"].mean()),
            }
        if options.corrupted:
            test = np.flatnonzero(faces.split[judged] == "test")
            some = np.random.default_rng(2).permutation(test)[:CORRUPTED_FACES]
            read = lambda values: values[:, 0] if single else quantile(values, 0.5)
            base, true = read(told["age"])[some], faces.gender[judged[some]]
            result["corrupted"] = {}
            for corruption, corrupt in CORRUPTIONS.items():
                moved = answer(session, rows, judged[some], side, extent, views, corrupt)
                change = np.abs(read(moved["age"]) - base)
                result["corrupted"][corruption] = {
                    "years moved": float(change.mean()), "within a year": float((change <= 1).mean()),
                    "gender points lost": 100 * float((told["gender"][some].argmax(1) == true).mean() - (moved["gender"].argmax(1) == true).mean()),
                }
        (out / f"figures-{name}.json").write_text(json.dumps(result, indent=1))
        print(name, json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
