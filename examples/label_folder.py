"""Writes a CSV file with a line for each face in a folder's photos. Nothing of them is stored.

Usage: FACEDROP_URL=… FACEDROP_KEY=… python examples/label_folder.py FOLDER faces.csv
"""

import csv
import os
import sys
from pathlib import Path

from facedrop_client import AuthenticatedClient
from facedrop_client.api.prediction import predict
from facedrop_client.models import FacesFound, Problem
from facedrop_client.types import File

PHOTOS = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".tif", ".tiff"}

folder, output = Path(sys.argv[1]), Path(sys.argv[2])
client = AuthenticatedClient(base_url=os.environ["FACEDROP_URL"], token=os.environ["FACEDROP_KEY"])

with output.open("w", newline="", encoding="utf-8") as csv_file:
    writer = csv.writer(csv_file)
    writer.writerow(["file", "face", "age", "low", "high", "gender", "score"])
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in PHOTOS:
            continue
        with path.open("rb") as photo:
            prediction = predict.sync(client=client, body=File(photo), landmarks=False, probabilities=False)
        if isinstance(prediction, Problem):
            print(f"{path.name}: {prediction.detail}", file=sys.stderr)
        if not isinstance(prediction, FacesFound):
            continue
        for number, face in enumerate(prediction.faces, start=1):
            age = face.age
            writer.writerow([path.name, number, age.years, age.low, age.high, face.gender.gender, face.score])
