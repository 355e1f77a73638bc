"""Loads a snapshot and writes the features of some views.

usage: features.py encoder|torchvision:MODEL SNAPSHOT VIEWS SIDE FEATURES

VIEWS: (N, SIDE, SIDE, 3), RGB bytes; FEATURES: (N, C), float32, native byte order. "encoder" loads by
the snapshot's own encoder.py, "torchvision:resnet18" by torchvision alone. Without arguments it only
says whether everything that it needs is installed.
"""

import json
import pathlib
import re
import sys

import torch


def import_torchvision():
    """Also where its compiled operators do not match torch: models need none of them."""
    libraries = []
    while True:
        try:
            import torchvision

            return torchvision, libraries
        except RuntimeError as failure:
            absent = re.search(r"operator torchvision::(\w+) does not exist", str(failure))
            if not absent:
                raise
            for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
                del sys.modules[name]
            library = torch.library.Library("torchvision", "FRAGMENT")
            library.define(absent[1] + "(Tensor x) -> Tensor")
            libraries.append(library)


torchvision, _libraries = import_torchvision()
from safetensors.torch import load_file  # noqa: E402


def load(how, snapshot):
    if how == "encoder":
        sys.path.insert(0, str(snapshot))
        import encoder

        return encoder.load()
    model = getattr(torchvision.models, how.removeprefix("torchvision:"))()
    model.fc = torch.nn.Identity()
    model.load_state_dict(load_file(snapshot / "model.safetensors"), strict=True)
    return model.eval()


def main(how, snapshot, views, side, features):
    snapshot = pathlib.Path(snapshot)
    side = int(side)
    manifest = json.loads((snapshot / "manifest.json").read_text())
    pixels = torch.frombuffer(bytearray(pathlib.Path(views).read_bytes()), dtype=torch.uint8)
    images = pixels.view(-1, side, side, 3).permute(0, 3, 1, 2).float() / 255
    mean = torch.tensor(manifest["mean"]).view(3, 1, 1)
    std = torch.tensor(manifest["std"]).view(3, 1, 1)
    with torch.no_grad():
        result = load(how, snapshot)((images - mean) / std)
    pathlib.Path(features).write_bytes(result.contiguous().numpy().tobytes())
    print(tuple(result.shape))


if len(sys.argv) > 1:
    main(*sys.argv[1:])
