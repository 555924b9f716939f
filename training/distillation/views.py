"""Views of faces as the world spoils them."""

import math

import cv2
import numpy as np
from chips import KEPT

cv2.setNumThreads(1)
# Share of the views that are only moved and in other light.
CALM = 0.4
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def spoilt(face: np.ndarray, side: int, extent: float, random: np.random.Generator, still: bool = False) -> np.ndarray:
    """
    A random view: turned, scaled, shifted, mirrored, in other light, small, blurred, badly compressed, noisy, faded,
    without colour, partly hidden. `still`: neither moved nor hidden, for what has no place of its own.
    """
    u = random.random(32)
    if u[29] < CALM:
        u[[8, 11, 14, 26, 28]], u[10] = 1, 0
    within = lambda index, limit: (2 * u[index] - 1) * limit
    # A few sit badly, as when the detector's landmarks are wrong.
    badly = 2.2 if u[0] < 0.12 else 1.0
    turn = within(1, math.radians(11)) * badly * (1.4 if u[2] < 0.15 else 1)
    scale = math.exp(within(3, 0.12) * badly) * extent / KEPT * face.shape[0] / side
    right, below = within(4, 0.045) * badly, within(5, 0.045) * badly
    mirror = -1 if u[6] < 0.5 else 1
    stretch = math.exp(within(7, 0.04))
    # Small faces are blown up when they are cut.
    small = side if u[8] > 0.25 else int(side * math.exp(-1.25 * u[9]))
    step = scale * side / small
    cosine, sine = math.cos(turn), math.sin(turn)
    a, b, c, d = mirror * step * cosine * stretch, -step * sine, mirror * step * sine * stretch, step * cosine
    middle, centre = (small - 1) / 2, (face.shape[0] - 1) / 2
    x = centre + right * face.shape[0] - (a + b) * middle
    y = centre + below * face.shape[0] - (c + d) * middle
    matrix = np.array([[a, b, x], [c, d, y]], np.float32)
    flags = cv2.WARP_INVERSE_MAP | (cv2.INTER_LINEAR if u[10] < 0.85 else cv2.INTER_NEAREST if step < 1.3 else cv2.INTER_LINEAR)
    if step > 1.7:
        blurred = cv2.GaussianBlur(face, (0, 0), 0.35 * step)
        chip = cv2.warpAffine(blurred, matrix, (small, small), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    else:
        chip = cv2.warpAffine(face, matrix, (small, small), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    if u[11] < 0.12:
        chip = cv2.GaussianBlur(chip, (0, 0), 0.5 + 1.3 * u[12])
    elif u[11] < 0.16:
        length = 3 + 2 * int(3 * u[12])
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        chip = cv2.filter2D(chip, -1, kernel if u[13] < 0.5 else kernel.T)
    if u[14] < 0.3:
        encoded = cv2.imencode(".jpg", chip, [cv2.IMWRITE_JPEG_QUALITY, int(18 + 62 * u[15])])[1]
        chip = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    if small != side:
        chip = cv2.resize(chip, (side, side), interpolation=cv2.INTER_LINEAR)
    chip = chip.astype(np.float32)
    if u[16] < 0.8:
        chip = light(chip, u[17:26])
    if u[26] < 0.15:
        chip += random.standard_normal(chip.shape, np.float32) * np.float32(2 + 12 * u[27] ** 2)
    if u[28] < 0.18 and not still:
        hide(chip, random)
    return np.clip(chip, 0, 255).astype(np.uint8)


def light(chip: np.ndarray, u: np.ndarray) -> np.ndarray:
    mean = chip.mean()
    contrast, gain = math.exp((2 * u[0] - 1) * 0.3), math.exp((2 * u[1] - 1) * 0.32)
    chip = chip * np.float32(contrast) + np.float32(mean * (gain - contrast) + (2 * u[2] - 1) * 14)
    if u[3] < 0.14:
        # Black and white, some of it toned, some faded.
        grey = (chip @ LUMA)[..., None]
        tone = np.array([1.06, 1.0, 0.88], np.float32) if u[4] < 0.35 else np.ones(3, np.float32)
        chip = grey * tone
        if u[5] < 0.4:
            chip = chip * np.float32(0.45 + 0.3 * u[6]) + np.float32(40 + 60 * u[7])
    else:
        if u[4] < 0.6:
            grey = (chip @ LUMA)[..., None]
            chip = grey + (chip - grey) * np.float32(0.35 + 1.0 * u[5])
        if u[6] < 0.3:
            chip = chip * np.array([math.exp((2 * u[7] - 1) * 0.14), 1, math.exp((2 * u[8] - 1) * 0.14)], np.float32)
        if u[6] > 0.96:
            chip = chip * np.float32(0.6) + np.float32(75)
    if u[8] < 0.12:
        # From one side.
        ramp = np.linspace(1 - 0.45 * u[7], 1 + 0.35 * u[7], chip.shape[1], dtype=np.float32)
        chip = chip * (ramp if u[5] < 0.5 else ramp[::-1])[None, :, None]
    return chip


def hide(chip: np.ndarray, random: np.random.Generator) -> None:
    """Behind a rectangle of one colour or of noise, as hands, glasses and others' heads do."""
    side = len(chip)
    height, width = (side * (0.1 + 0.35 * random.random(2))).astype(int)
    top, left = (random.random(2) * side - np.array([height, width]) / 2).astype(int)
    place = chip[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    place[:] = random.random(3).astype(np.float32) * 255
    if random.random() < 0.4:
        place += random.standard_normal(place.shape, np.float32) * 40
