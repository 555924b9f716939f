"""Makes the MATLAB files of the tests, with SciPy: python make.py"""

from datetime import date
from pathlib import Path

import numpy as np
from scipy.io import savemat

NAN = float("nan")
HERE = Path(__file__).parent


def day(year, month, day_of_month):
    """MATLAB counts days from the year 0."""
    return date(year, month, day_of_month).toordinal() + 366


def cells(values):
    out = np.empty((1, len(values)), dtype=object)
    out[0, :] = values
    return out


def face(x1, y1, x2, y2):
    return np.array([[x1, y1, x2, y2]], dtype=float)


def rows(people):
    """People are (birth, year taken, path, gender, name, box, score, second score)."""
    birth, taken, path, gender, name, box, score, second = zip(*people)
    return {
        "dob": np.array([birth], dtype=np.int32),
        "photo_taken": np.array([taken], dtype=np.uint16),
        "full_path": cells(path),
        "gender": np.array([gender], dtype=float),
        "name": cells(name),
        "face_location": cells(box),
        "face_score": np.array([score], dtype=float),
        "second_face_score": np.array([second], dtype=float),
    }


BOX = face(101, 51, 201, 171)
wiki = rows(
    [
        (day(1960, 3, 10), 2000, "00/anna.jpg", 0.0, "Änna Ödegård", BOX, 3.5, NAN),
        (day(1960, 9, 10), 2000, "00/ben.jpg", 1.0, "Ben", BOX, 3.5, NAN),
        (day(1950, 1, 1), 2000, "01/nobody.jpg", NAN, "Chris", BOX, -np.inf, NAN),
        (day(1950, 1, 1), 2000, "01/two.jpg", 1.0, "Dan", BOX, 3.5, 2.0),
        (day(1800, 1, 1), 2000, "01/old.jpg", NAN, "Ed", BOX, 3.5, NAN),
    ]
)
savemat(HERE / "wiki.mat", {"wiki": wiki}, do_compression=False)

imdb = rows(
    [
        (day(1980, 6, 30), 2010, "01/nm1.jpg", 1.0, "Fred", BOX, 3.5, NAN),
        (day(1980, 7, 1), 2010, "01/nm2.jpg", 1.0, "Fred", BOX, 3.5, NAN),
    ]
)
imdb["celeb_id"] = np.array([[7, 7]], dtype=float)
imdb["celeb_names"] = cells(["Fred", "Gina"])
savemat(HERE / "imdb.mat", {"imdb": imdb}, do_compression=True)

# Everything else that such a file may hold.
savemat(
    HERE / "values.mat",
    {
        "numbers": {
            "int8": np.array([[-1, 2]], dtype=np.int8),
            "int64": np.array([[-(2**40)]], dtype=np.int64),
            "uint64": np.array([[2**40]], dtype=np.uint64),
            "single": np.array([[0.5]], dtype=np.float32),
            "matrix": np.array([[1.0, 2.0], [3.0, 4.0]]),
            "none": np.empty((0, 0)),
        },
        "text": "straße 日本",
        "nothing": "",
        "nested": cells(["a", cells([np.array([[1.0]])]), np.empty((0, 0))]),
    },
    do_compression=True,
)
