"""Holds a pickle for detectron2 against the torchvision file that it was made from.

usage: compare_detectron2.py TORCHVISION.safetensors PICKLE.pkl

The names expected are built from detectron2's own: stem, res2 to res5, blocks of conv1 to conv3 with their
norm, and shortcut. Prints the number of arrays that are equal bit for bit.
"""

import pickle
import sys

import numpy as np
from safetensors.numpy import load_file


def expected(name):
    """detectron2's name of a tensor of torchvision."""
    stage, *rest = name.split(".")
    path = []
    if stage.startswith("layer"):
        path += [f"res{int(stage[5:]) + 1}", rest.pop(0)]
        stage = rest.pop(0)
    else:
        path.append("stem")
    if stage == "downsample":
        path += ["shortcut"] if rest.pop(0) == "0" else ["shortcut", "norm"]
    elif stage.startswith("bn"):
        path += ["conv" + stage[2:], "norm"]
    else:
        path.append(stage)
    return ".".join(path + rest)


theirs = load_file(sys.argv[1])
with open(sys.argv[2], "rb") as file:
    pickled = pickle.load(file)
assert pickled.keys() == {"model", "__author__", "matching_heuristics"}, pickled.keys()
assert pickled["__author__"] == "MOCO" and pickled["matching_heuristics"] is True
model = pickled["model"]
assert model.keys() == {expected(name) for name in theirs}, model.keys() ^ {expected(name) for name in theirs}
for name, value in theirs.items():
    ours = model[expected(name)]
    assert isinstance(ours, np.ndarray) and ours.dtype == value.dtype and ours.shape == value.shape, name
    assert ours.tobytes() == value.tobytes(), name
print(len(model))
