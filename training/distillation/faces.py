"""Prepared faces (`npm run dataset -- prepare`) on the GPU, and random views of them."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F

YEARS = 101
# Faces are kept at this side, in pixels: neither set shows more.
SIDE = 192
# Sides of what is kept and of what networks see, in sizes of the face (training/dataset/prepared.ts).
KEPT, SEEN = 1.8, 1.6
SPLITS = {"train": 0, "validation": 1, "test": 2}


class Faces:
    """All faces of some prepared sets: pixels (2, n, SIDE, SIDE, 3), well and badly compressed, and labels (n)."""

    def __init__(self, folders: list[str], device: str):
        rows, files = [], []
        for index, folder in enumerate(folders):
            for name in json.loads((Path(folder) / "prepared.json").read_text())["shards"]:
                shard = json.loads((Path(folder) / f"{name}.json").read_text())
                for face in shard["faces"]:
                    if "age" in face and "gender" in face:
                        rows.append((index, round(face["age"]), face["gender"] == "F", SPLITS[face["split"]]))
                        files.append((Path(folder) / f"{name}.jpegs", face["offset"], face["length"]))
        self.device = device
        self.pixels = _decode(files).to(device)
        self.sets, age, gender, self.split = torch.tensor(rows, device=device, dtype=torch.long).T
        self.age, self.gender = age.clamp(0, YEARS - 1), gender
        # A Gaussian around the labelled age, wider for older people, whose ages are known less well.
        years = torch.arange(YEARS, device=device)
        deviation = (1.5 + 0.03 * self.age[:, None]).clamp(max=3.5)
        self.distribution = torch.softmax(-(((years - self.age[:, None]) / deviation) ** 2) / 2, 1)

    def part(self, split: str) -> torch.Tensor:
        """Indices of the faces of a split."""
        return (self.split == SPLITS[split]).nonzero()[:, 0]

    def centred(self, index: torch.Tensor, side: int, flip: bool = False) -> torch.Tensor:
        """n × 3 × side × side, RGB from 0 to 255, as they are when the network serves."""
        still = torch.zeros(len(index), device=self.device)
        mirror = torch.full_like(still, -1.0 if flip else 1.0)
        return self._cut(self.pixels[0, index], side, still, still + 1, still, still, mirror)

    def random(self, index: torch.Tensor, side: int) -> torch.Tensor:
        """The same, shifted, turned, scaled, flipped, in other light, badly compressed, small, noisy, partly hidden."""
        count = len(index)

        def within(limit: float) -> torch.Tensor:
            return (torch.rand(count, device=self.device) * 2 - 1) * limit

        def some(share: float) -> torch.Tensor:
            return torch.rand(count, device=self.device) < share

        turn = within(math.radians(14)) * torch.where(some(0.3), 1.6, 0.7)
        mirror = torch.where(some(0.5), -1.0, 1.0)
        chips = self._cut(
            self.pixels[some(0.25).long(), index], side, turn, within(0.13).exp(), within(0.07), within(0.07), mirror
        )
        as_factor = (-1, 1, 1, 1)
        mean = chips.mean((1, 2, 3), keepdim=True)
        contrast, gain = within(0.25).exp().view(as_factor), within(0.25).exp().view(as_factor)
        chips = (chips - mean) * contrast + mean * gain + within(15.3).view(as_factor)
        luma = torch.tensor([0.299, 0.587, 0.114], device=self.device).view(1, 3, 1, 1)
        grey = (chips * luma).sum(1, keepdim=True)
        saturation = torch.where(some(0.05), 0.0, 1 + within(0.3)).view(as_factor)
        chips = grey + (chips - grey) * saturation
        chips = chips + torch.where(some(0.15), 8.0, 0.0).view(as_factor) * torch.randn_like(chips)
        return self._erase(chips, some(0.15)).clamp(0, 255)

    def _cut(self, pixels, side, turn, scale, right, below, mirror) -> torch.Tensor:
        reach = SEEN / KEPT * scale
        cosine, sine = reach * turn.cos(), reach * turn.sin()
        rows = [torch.stack([mirror * cosine, -sine, right], 1), torch.stack([mirror * sine, cosine, below], 1)]
        grid = F.affine_grid(torch.stack(rows, 1), (len(pixels), 3, side, side), align_corners=False)
        chips = pixels.permute(0, 3, 1, 2).float()
        return F.grid_sample(chips, grid, mode="bilinear", padding_mode="border", align_corners=False)

    def _erase(self, chips: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        count, side = len(chips), chips.shape[-1]
        width, height = (side * (0.1 + 0.35 * torch.rand(2, count, 1, device=self.device)))
        across, down = torch.rand(2, count, 1, device=self.device) * side
        place = torch.arange(side, device=self.device)[None]
        inside = ((place - down).abs() < height / 2)[:, None, :, None] & ((place - across).abs() < width / 2)[:, None, None]
        colour = torch.rand(count, 3, 1, 1, device=self.device) * 255
        return torch.where(inside & chosen.view(-1, 1, 1, 1), colour, chips)


def _decode(files: list[tuple[Path, int, int]]) -> torch.Tensor:
    cv2.setNumThreads(1)
    random = np.random.default_rng(1)
    qualities, sides = random.integers(20, 70, len(files)), random.integers(64, 164, len(files))
    pixels = np.empty((2, len(files), SIDE, SIDE, 3), np.uint8)
    shards = {path: path.read_bytes() for path in {path for path, _, _ in files}}

    def decode(index: int) -> None:
        path, offset, length = files[index]
        face = cv2.imdecode(np.frombuffer(shards[path], np.uint8, length, offset), cv2.IMREAD_COLOR)
        face = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        pixels[0, index] = face[..., ::-1]
        # The same as a poor JPEG, every other one small.
        side = SIDE if index % 2 else int(sides[index])
        poor = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
        encoded = cv2.imencode(".jpg", poor, [cv2.IMWRITE_JPEG_QUALITY, int(qualities[index])])[1]
        poor = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
        pixels[1, index] = cv2.resize(poor, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)[..., ::-1]

    with ThreadPoolExecutor() as pool:
        list(pool.map(decode, range(len(files)), chunksize=100))
    return torch.from_numpy(pixels)
