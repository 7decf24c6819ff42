"""Prints elementary.json: exp, ln, pow, Hill and the exponential curve at a few hundred doubles, to 60 digits.

    pip install mpmath==1.3.0 && python test/reference/elementary.py > test/reference/elementary.json
"""

import json
import random

from mpmath import mp, mpf

mp.dps = 80
random.seed(20240601)


def digits(x):
    return mp.nstr(x, 60, min_fixed=1, max_fixed=0)


rows = []
for _ in range(100):
    x = random.uniform(-745, 709.7)
    rows.append(["exp", [x], digits(mp.exp(mpf(x)))])
    x = random.choice([2.0 ** random.uniform(-1074, 1023), 1 + random.uniform(-1, 1) * 2.0 ** -random.randint(1, 52)])
    if x != 1:
        rows.append(["log", [x], digits(mp.log(mpf(x)))])
    x = random.choice([2.0 ** random.uniform(-1000, 1000), 1 + random.uniform(-1, 1) * 2.0 ** -random.randint(1, 40)])
    y = random.uniform(-700, 700) / float(mp.log(mpf(x)))
    rows.append(["pow", [x, y], digits(mp.power(mpf(x), mpf(y)))])
    half, slope = 10.0 ** random.uniform(-9, 9), random.uniform(0.1, 10)
    x = half * 10.0 ** random.uniform(-6, 6)
    rows.append(["hill", [x, half, slope], digits(1 / (1 + mp.power(mpf(half) / mpf(x), mpf(slope))))])

for _ in range(100):
    x, rate = 10.0 ** random.uniform(-9, 9), random.choice([1.0, -1.0]) * 10.0 ** random.uniform(-9, 9)
    x *= min(1.0, 700 / abs(x * rate)) * random.choice([1.0, 1e-3, 1e-200])
    shape = random.choice([0.0, 1.0, 0.3])
    y = mpf(x) * mpf(rate)
    rows.append(["exponential", [x, rate, shape], digits(-mp.expm1(-y) / (1 + shape * mp.exp(-y)))])

print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
