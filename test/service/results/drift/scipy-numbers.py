"""Writes scipy-numbers.json beside it: what scipy says of the samples that the tests make too.

python3 -m venv env && env/bin/pip install scipy==1.17.1 && env/bin/python scipy-numbers.py
"""

import json
import math
import pathlib

import scipy
from scipy.spatial.distance import jensenshannon
from scipy.special import kolmogorov
from scipy.stats import chi2, chi2_contingency, entropy, ks_2samp, norm


def sample(n, seed, scale, power):
    """Numbers that JavaScript makes alike: a linear congruential generator, whose values stay below 2**53."""
    values = []
    state = seed
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2**31
        values.append(scale * (state / 2**31) ** power)
    return values


COUNTS = [
    ([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], [95, 120, 99, 101, 100, 91, 88, 110, 99, 97]),
    ([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], [10, 400, 20, 30, 10, 5, 60, 200, 15, 250]),
    ([50, 30, 20, 0], [10, 30, 20, 5]),
    ([7, 3], [2, 8]),
    ([100, 200, 0, 300], [110, 190, 0, 310]),
    ([5, 0], [0, 5]),
    ([40] * 60, [41, 39] * 30),
]

SAMPLES = [
    (20, 1, 1, 1, 30, 2, 1, 1),
    (50, 3, 1, 1, 50, 4, 1, 2),
    (200, 5, 1, 1, 300, 6, 1, 1.2),
    (7, 7, 1, 1, 5, 8, 1, 3),
    (1000, 9, 1, 1, 1000, 10, 1, 1.02),
]

LARGE = [(3000, 11, 1, 1, 5000, 12, 1, 1.03), (20000, 13, 1, 1, 4000, 14, 1, 1)]


def of_counts(reference, current):
    k = len(reference)
    smoothed = [[(c + 0.5) / (sum(side) + 0.5 * k) for c in side] for side in (reference, current)]
    both = [(r, c) for r, c in zip(reference, current) if r + c > 0]
    test = chi2_contingency([list(side) for side in zip(*both)], correction=False)
    return {
        "reference": reference,
        "current": current,
        "stabilityIndex": float(entropy(*smoothed) + entropy(*reversed(smoothed))),
        "jensenShannon": float(jensenshannon(reference, current, base=2)),
        "chiSquared": {"value": float(test.statistic), "p": float(test.pvalue), "degreesOfFreedom": int(test.dof)},
    }


def of_samples(case, exact):
    reference, current = sample(*case[:4]), sample(*case[4:])
    test = ks_2samp(reference, current, method="exact" if exact else "asymp")
    limit = kolmogorov(float(test.statistic) * math.sqrt(len(reference) * len(current) / (len(reference) + len(current))))
    return {"case": case, "value": float(test.statistic), "p": float(test.pvalue if exact else limit)}


probabilities = sample(500, 15, 1, 0.3)
mean = sum(probabilities) / len(probabilities)
error = math.sqrt(sum(p * (1 - p) for p in probabilities)) / len(probabilities)
low, high = norm.interval(0.95, loc=mean, scale=error)

numbers = {
    "scipy": scipy.__version__,
    "counts": [of_counts(*case) for case in COUNTS],
    "samples": [of_samples(case, True) for case in SAMPLES] + [of_samples(case, False) for case in LARGE],
    "chiSquaredSurvival": [
        {"x": x, "degreesOfFreedom": dof, "p": float(chi2.sf(x, dof))}
        for x in (0.001, 0.5, 3, 30, 300)
        for dof in (1, 2, 9, 100, 999)
    ],
    "kolmogorovSurvival": [{"x": x, "p": float(kolmogorov(x))} for x in (0.05, 0.2, 0.5, 0.9, 0.999, 1, 1.5, 3, 6)],
    "expectedAccuracy": {"case": [500, 15, 1, 0.3], "value": mean, "low": float(low), "high": float(high)},
}
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(numbers, indent=2) + "\n")
