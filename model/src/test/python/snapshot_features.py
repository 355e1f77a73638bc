"""Loads a snapshot as its readers do, strictly, and writes the features of some views.

usage: snapshot_features.py SNAPSHOT VIEWS SIDE OUT LOADER...

VIEWS: (N, SIDE, SIDE, 3), RGB bytes. Each LOADER writes OUT-LOADER: (N, C), float32, native byte order; and
prints its name, its parameters, and the features' shape.
- encoder: the snapshot's own encoder.py;
- timm: a local-dir model, where timm knows the architecture without encoder.py;
- timm+encoder: the same after importing encoder.py; it fails before;
- another name: torchvision's model of that name, fc = Identity.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

from torchvision_models import models


def load(loader, snapshot):
    if loader == "encoder":
        import encoder

        return encoder.load()
    if loader.startswith("timm"):
        import timm

        name = f"local-dir:{snapshot}"
        if loader == "timm+encoder":
            try:
                timm.create_model(name, pretrained=True)
                sys.exit("timm knows this architecture without encoder.py")
            except RuntimeError as unknown:
                assert "millrace_resnet" in str(unknown), unknown
            import encoder  # noqa: F401
        return timm.create_model(name, pretrained=True, num_classes=0)
    model = getattr(models, loader)()
    model.fc = torch.nn.Identity()
    model.load_state_dict(load_file(snapshot / "model.safetensors"), strict=True)
    return model


def main(snapshot, views, side, out, *loaders):
    torch.set_num_threads(1)
    snapshot, side = pathlib.Path(snapshot), int(side)
    sys.path.insert(0, str(snapshot))
    manifest = json.loads((snapshot / "manifest.json").read_text())
    pixels = torch.frombuffer(bytearray(pathlib.Path(views).read_bytes()), dtype=torch.uint8)
    images = pixels.view(-1, side, side, 3).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(manifest[name]).view(3, 1, 1) for name in ("mean", "std"))
    for loader in loaders:
        model = load(loader, snapshot).eval()
        with torch.no_grad():
            features = model((images - mean) / std)
        pathlib.Path(f"{out}-{loader}").write_bytes(features.contiguous().numpy().tobytes())
        print(loader, sum(p.numel() for p in model.parameters()), tuple(features.shape))


main(*sys.argv[1:])
