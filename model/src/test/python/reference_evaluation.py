"""Evaluates features as others do; prints JSON.

reference_evaluation.py DIR WIDTH CLASSES K [PEER]    DIR has train.f32, train.i32, test.f32, test.i32

Nearest neighbours and gauges by their formulas in numpy and float64; with the peer program's path, also its kNN and linear probe.
"""

import importlib.util
import json
import pathlib
import sys

import numpy as np


def load(directory, name, width):
    values = np.fromfile(directory / f"{name}.f32", "<f4").reshape(-1, width)
    return values, np.fromfile(directory / f"{name}.i32", "<i4")


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def knn(train, train_y, test, classes, k, temperature):
    """The classes of each test image, the most likely first."""
    similarity = unit(test) @ unit(train).T
    answers = []
    for row in similarity:
        near = np.argsort(-row, kind="stable")[:k]
        votes = np.zeros(classes)
        np.add.at(votes, train_y[near], np.exp(row[near] / temperature))
        answers.append(np.argsort(-votes, kind="stable").tolist())
    return answers


def rank_me(x):
    """Garrido et al. 2022, arXiv:2210.02885, equations 1 and 2."""
    s = np.linalg.svd(x, compute_uv=False)
    p = s / s.sum() + 1e-7
    return float(np.exp(-(p * np.log(p)).sum()))


def peer(path, train, train_y, test, test_y, k):
    import torch
    import torchvision_models  # noqa: F401  makes torchvision importable

    spec = importlib.util.spec_from_file_location("peer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    sets = [torch.from_numpy(x) for x in (train, train_y.astype(np.int64), test, test_y.astype(np.int64))]
    return dict(
        peer_knn={str(t): module.knn(*sets, k=k, t=t) / 100 for t in (0.1, 0.07)},
        peer_linear=module.linear_probe(*sets) / 100,
    )


def main():
    directory, width, classes, k = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:5])
    (train, train_y), (test, test_y) = (load(directory, name, width) for name in ("train", "test"))
    wide, wide_test = train.astype(np.float64), test.astype(np.float64)
    result = dict(
        knn={str(t): knn(wide, train_y, wide_test, classes, k, t) for t in (0.1, 0.07)},
        deviation=float(unit(wide).std(axis=0).mean()),
        rank_me=rank_me(wide),
    )
    if len(sys.argv) > 5:
        result |= peer(sys.argv[5], train, train_y, test, test_y, k)
    print(json.dumps(result))


main()
