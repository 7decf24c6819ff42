"""X'WX in numpy as people write it. Arguments: rows columns. Prints medians of several runs as JSON."""

import json
import statistics
import sys
import time

import numpy as np

rows, columns = int(sys.argv[1]), int(sys.argv[2])
random = np.random.default_rng(9)
X = random.random((rows, columns)) - 0.5
w = random.random(rows)


def gram():
    return (X * w[:, None]).T @ X


gram()
times = []
started = time.perf_counter()
while len(times) < 5 or time.perf_counter() - started < 0.3:
    before = time.perf_counter()
    gram()
    times.append(time.perf_counter() - before)
print(json.dumps({"numpy": np.__version__, "seconds": statistics.median(times), "runs": len(times)}))
