"""Loads the encoder of this directory: features (N, C) of images (N, 3, H, W).

    from encoder import load
    features = load()(images)          # needs torch, torchvision, safetensors

Where timm is installed, importing this file also lets
timm.create_model("local-dir:DIR", pretrained=True, num_classes=0) build it.
"""

import json
import pathlib

from torch import nn
from torchvision.models import resnet


def build(block, stem, width, layers, num_classes=0):
    """torchvision's ResNet with another stem, width or number of stages."""
    block = {"basic": resnet.BasicBlock, "bottleneck": resnet.Bottleneck}[block]
    net = resnet.ResNet(block, [1, 1, 1, 1])
    net.inplanes = width
    kernel, stride, padding = {"imagenet": (7, 2, 3), "cifar": (3, 1, 1), "patch4": (4, 4, 0), "patch8": (8, 8, 0)}[stem]
    net.conv1 = nn.Conv2d(3, width, kernel, stride=stride, padding=padding, bias=False)
    if stem != "imagenet":
        net.maxpool = nn.Identity()
    net.bn1 = nn.BatchNorm2d(width)
    for i in range(4):
        stage = nn.Identity()
        if i < len(layers):
            stage = net._make_layer(block, width << i, layers[i], stride=1 if i == 0 else 2)
        setattr(net, f"layer{i + 1}", stage)
    net.num_features = net.inplanes
    net.num_classes = num_classes
    net.fc = nn.Linear(net.inplanes, num_classes) if num_classes else nn.Identity()
    return net


def load(directory=pathlib.Path(__file__).parent):
    """The encoder with its weights, in evaluation mode."""
    from safetensors.torch import load_file

    directory = pathlib.Path(directory)
    manifest = json.loads((directory / "manifest.json").read_text())
    net = build(**manifest["architecture"])
    net.load_state_dict(load_file(directory / "model.safetensors"), strict=True)
    return net.eval()


def millrace_resnet(
    pretrained=False, pretrained_cfg=None, num_classes=0, in_chans=3, **kwargs
):
    if in_chans != 3:
        raise ValueError(f"the encoder takes 3 channels, got {in_chans}")
    args = {name: kwargs[name] for name in ("block", "stem", "width", "layers")}
    net = build(**args, num_classes=num_classes)
    net.pretrained_cfg = net.default_cfg = pretrained_cfg
    if pretrained:
        from safetensors.torch import load_file

        file = pathlib.Path(pretrained_cfg["file"])
        weights = load_file(file / "model.safetensors" if file.is_dir() else file)
        if num_classes:
            weights |= {"fc.weight": net.fc.weight.data, "fc.bias": net.fc.bias.data}
        net.load_state_dict(weights, strict=True)
    return net


try:
    import timm.models as _timm
except ImportError:
    pass
else:
    if not _timm.is_model("millrace_resnet"):
        _timm.register_model(millrace_resnet)
