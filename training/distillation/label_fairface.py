"""Writes FairFace's labels as `npm run dataset -- prepare` reads them.

    python label_fairface.py FOLDER

FOLDER holds fairface_label_train.csv, fairface_label_val.csv and the photos they name (train/…, val/…), perhaps in a
folder of their own, fair_face. Writes labels.csv beside the photos. The set's own validation part becomes the test
part, which judges. One in sixteen of the others becomes the validation part, which calibrates.
"""

import csv
import hashlib
import sys
from pathlib import Path

# A spreadsheet has taken some ranges for dates.
RANGES = {"03-Sep": "3-9", "Oct-19": "10-19", "more than 70": "70-100"}
VALIDATION = 16


def main(folder: Path) -> None:
    photos = next(path for path in (folder / "fair_face", folder) if (path / "train").is_dir())
    # Of identical photos one is kept: of the validation part if there is one; none if their labels contradict each other.
    rows: dict[str, list[list[str]]] = {}
    missing = 0
    for part in ("train", "val"):
        with open(folder / f"fairface_label_{part}.csv", newline="") as file:
            for row in csv.DictReader(file):
                if not (photos / row["file"]).exists():
                    missing += 1
                    continue
                split = "test" if part == "val" else split_of(row["file"])
                digest = hashlib.sha256((photos / row["file"]).read_bytes()).hexdigest()
                label = [row["file"], RANGES.get(row["age"], row["age"]), row["gender"], split, row["race"]]
                rows.setdefault(digest, []).append(label)
    kept = [row for same in rows.values() if (row := only(same))]
    with open(photos / "labels.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "age", "gender", "split", "group"])
        writer.writerows(kept)
    print(f"{len(kept)} faces in {photos / 'labels.csv'}; {missing} listed photos are missing")


def only(same: list[list[str]]) -> list[str] | None:
    judged = [row for row in same if row[3] == "test"] or same
    return judged[0] if len({tuple(row[1:3]) for row in judged}) == 1 else None


def split_of(name: str) -> str:
    number = hashlib.sha256(name.encode()).digest()[0]
    return "validation" if number % VALIDATION == 0 else "train"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
