#!/usr/bin/env python3
"""Turns `millrace snapshots export --format detectron2` into the pickle that detectron2 loads.

usage: detectron2_pickle.py ENCODER.safetensors OUT.pkl

OUT is {"model": {name: array}, "__author__": "MOCO", "matching_heuristics": True}, as the authors of
MoCo make it (facebookresearch/moco, detection/convert-pretrain-to-detectron2.py). The names are in
the safetensors file already; arrays are its tensors, bit for bit. Set MODEL.WEIGHTS to OUT, and
besides, as the authors do, for encoders trained on RGB:

    INPUT.FORMAT: "RGB", MODEL.RESNETS.STRIDE_IN_1X1: False,
    MODEL.PIXEL_MEAN and MODEL.PIXEL_STD: 255 times "mean" and "std" of the snapshot's manifest.json

Needs numpy and safetensors.
"""

import pickle
import sys

from safetensors.numpy import load_file


def main(source, target):
    model = load_file(source)
    if not any(name.startswith("res2.") for name in model):
        sys.exit(f"{source}: expected detectron2's names such as res2.0.conv1.weight; export with --format detectron2")
    with open(target, "wb") as file:
        pickle.dump({"model": model, "__author__": "MOCO", "matching_heuristics": True}, file)
    print(f"{target}: {len(model)} arrays")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
