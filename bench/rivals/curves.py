"""Seconds of one run, as JSON: python3 curves.py hill SIZE | logistic SIZE | adstock SERIES PERIODS | window SERIES PERIODS LAGS

The jobs of bench/cases.ts: Hill and logistic by numpy, geometric carry-over by scipy's lfilter along the periods, weights by scipy's lfilter too
(for lists this is a convolution) and by its fftconvolve. Best of five, one thread.
"""

import json
import sys
import time

import numpy as np
from scipy.signal import fftconvolve, lfilter


def best(run):
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
        if sum(seconds) > 2:
            break
    return min(seconds)


job, sizes = sys.argv[1], [int(size) for size in sys.argv[2:]]
rng = np.random.default_rng(1)
if job == "hill":
    x = rng.random(sizes[0])

    def hill():
        power = x**1.3
        return power / (power + 0.4**1.3)

    figures = {"numpy": best(hill)}
elif job == "logistic":
    x = rng.random(sizes[0])

    def logistic():
        left = np.exp(-2.5 * x)
        return (1 - left) / (1 + left)

    figures = {"numpy": best(logistic)}
else:
    x = rng.random((sizes[1], sizes[0]))
    # both layouts that people have: a row a period, a row a series
    across = np.ascontiguousarray(x.T)
    if job == "adstock":
        figures = {
            "scipy lfilter": min(
                best(lambda: lfilter([1.0], [1.0, -0.7], x, axis=0)),
                best(lambda: lfilter([1.0], [1.0, -0.7], across, axis=1)),
            )
        }
    else:
        weights = 1 - np.arange(sizes[2]) / sizes[2]
        figures = {
            "scipy lfilter": best(lambda: lfilter(weights, [1.0], across, axis=1)),
            "scipy fftconvolve": best(lambda: fftconvolve(across, weights[None, :], axes=1)[:, : sizes[1]]),
        }
print(json.dumps(figures))
