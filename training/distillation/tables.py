"""Prints the tables of the models' READMEs and of docs/accuracy.md.

    python tables.py STORE FOLDER [--beside OTHER]

FOLDER is what `evaluate.py` wrote, OTHER the same of another network, whose figures stand in parentheses; how the two
differ is told with 95 % bootstrap intervals of the paired differences.
"""

import argparse
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from faces import Faces
from judged import Judged

CONFIDENCES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 1.01)
DRAWS = 1000


def table(header: list[str], rows: list[list[str]]) -> None:
    print()
    for cells in (header, ["---"] + ["---:"] * (len(header) - 1), *rows):
        print("|", " | ".join(cells), "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("folder")
    parser.add_argument("--beside")
    options = parser.parse_args()
    faces = Faces(Path(options.store))
    judged = [Judged(faces, Path(folder)) for folder in (options.folder, options.beside) if folder]
    one = judged[0]
    if any(not np.array_equal(one.index, other.index) for other in judged):
        raise SystemExit("Expected both networks to be judged on the same faces: run evaluate.py again.")
    ages, sets, exact = faces.low[one.index], faces.set[one.index], faces.exact[one.index]
    woman, group, fairface = faces.gender[one.index] == 1, faces.group[one.index], sets == "fairface"
    small = fairface & (faces.high[one.index] <= 9)

    def both(figure: Callable[[Judged], float], digits: int = 1) -> str:
        first, *others = (f"{figure(network):.{digits}f}" for network in judged)
        return f"{first} ({others[0]})" if others else first

    def percent(values: Callable[[Judged], np.ndarray], of: np.ndarray) -> str:
        return both(lambda network: 100 * float(values(network)[of].mean()))

    people = {
        "all": exact, "children, 12 and younger": exact & (ages <= 12), "13 to 59": exact & (ages > 12) & (ages < 60),
        "elderly, 60 and older": exact & (ages >= 60), "women": exact & woman, "men": exact & ~woman,
        "All-Age-Faces": sets == "aaf", "UTKFace": sets == "utkface",
    }
    table(
        ["faces", "number", "mean absolute error", "exact group", "one-off", "in the 80 % interval", "gender"],
        [
            [
                name, f"{of.sum():,}", both(lambda network: network.error[of].mean()),
                percent(lambda network: network.distance == 0, of & one.in_a_group),
                percent(lambda network: network.distance <= 1, of & one.in_a_group),
                percent(lambda network: network.covered, of), percent(lambda network: network.gender, of),
            ]
            for name, of in people.items()
        ],
    )
    table(
        ["set", "mean absolute error, or beyond the range", "in the 80 % interval", "of the other sets'"],
        [
            [
                name, both(lambda network: network.figures[name]["years outside" if name == "fairface" else "years off"], 2),
                *(both(lambda network: 100 * network.figures[name][key]) for key in ("in the 80 % interval", "in an interval of the other sets'")),
            ]
            for name in ("aaf", "utkface", "fairface")
        ],
    )
    groups = {"all": fairface, **{name: fairface & (group == name) for name in sorted(set(group[fairface]))}, "up to 9 years": small}
    table(
        ["FairFace", "faces", "gender", "in the labelled range"],
        [
            [name, f"{of.sum():,}", percent(lambda network: network.gender, of), percent(lambda network: network.in_range, of)]
            for name, of in groups.items()
        ],
    )
    decades = [str(10 * decade) for decade in range(8)]
    for network in judged:
        table(
            ["bias by decade", *decades],
            [[name, *(f"{network.figures[name]['bias by decade'].get(decade, math.nan):+.1f}" for decade in decades)] for name in ("aaf", "utkface")],
        )
    table(
        ["", "minors told 18 or more", "adults told under 18"],
        [
            [name, *(both(lambda network: 100 * network.figures[name][key]) for key in ("minors told 18 or more", "adults told under 18"))]
            for name in ("aaf", "utkface", "fairface")
        ],
    )
    bands = [(low, exact & (one.confidence >= low) & (one.confidence < high)) for low, high in zip(CONFIDENCES, CONFIDENCES[1:])]
    table(
        ["confidence of the gender", "faces", "mean confidence", "right"],
        [
            [f"from {low}", f"{of.sum():,}", f"{one.confidence[of].mean():.3f}", f"{one.gender[of].mean():.3f}"]
            for low, of in bands
            if of.any()
        ],
    )
    wrong = exact & ~one.gender
    print(f"\n{wrong.sum()} genders are wrong, {(wrong & (ages <= 12)).sum()} of them of children")
    if len(judged) == 2:
        random = np.random.default_rng(1)
        for name, values, of in (
            ("years", lambda network: network.error, exact), ("gender", lambda network: 100.0 * network.gender, exact),
            ("FairFace, in range", lambda network: 100.0 * network.in_range, fairface),
            ("FairFace, gender", lambda network: 100.0 * network.gender, fairface),
        ):
            difference = (values(judged[0]) - values(judged[1]))[of]
            draws = [difference[random.integers(0, len(difference), len(difference))].mean() for _ in range(DRAWS)]
            low, high = np.percentile(draws, [2.5, 97.5])
            print(f"{name}: {difference.mean():+.2f} ({low:+.2f} to {high:+.2f})")


if __name__ == "__main__":
    main()
