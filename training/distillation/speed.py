"""How long networks take, in one process and by turns: processor time of one thread, chips in fours as in service.

    python speed.py NAME=FILE:SIDE:VIEWS ...
"""

import sys
import time

import numpy as np
import onnxruntime as ort

FACES, ROUNDS = 4, 60


def main() -> None:
    networks = {}
    for given in sys.argv[1:]:
        name, rest = given.split("=")
        file, side, views = rest.split(":")
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_mem_pattern = False
        chips = np.random.default_rng(1).integers(0, 256, (FACES * int(views), int(side), int(side), 3), np.uint8)
        networks[name] = (ort.InferenceSession(file, options), chips)
    times: dict[str, list[float]] = {name: [] for name in networks}
    for turn in range(ROUNDS):
        for name, (session, chips) in networks.items():
            start = time.process_time()
            session.run(["age", "gender"], {"chips": chips})
            if turn > 2:
                times[name].append((time.process_time() - start) / FACES * 1e3)
    first = np.median(next(iter(times.values())))
    for name, taken in times.items():
        print(f"{name}: {np.median(taken):.2f} ms a face, {np.median(taken) / first:.2f} times the first")


if __name__ == "__main__":
    main()
