"""Saves a ResNet-18 with its classifier of 1000 classes, and the features of some images.

usage: classifier_features.py torchvision|timm WEIGHTS.safetensors IMAGES FEATURES

IMAGES: (2, 3, 64, 64), FEATURES: (2, 512), both float32, native byte order. Weights and statistics are random.
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

from torchvision_models import models


def build(program):
    if program == "torchvision":
        return models.resnet18()
    import timm

    return timm.create_model("resnet18", pretrained=False)


def main(program, weights, images, features):
    torch.manual_seed(4)
    model = build(program)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.2, 0.2)
                module.running_mean.uniform_(-0.5, 0.5)
                module.running_var.uniform_(0.5, 1.5)
    save_file(model.state_dict(), weights)
    model.fc = torch.nn.Identity()
    x = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        y = model.eval()(x)
    pathlib.Path(images).write_bytes(x.numpy().tobytes())
    pathlib.Path(features).write_bytes(y.numpy().tobytes())
    print(tuple(y.shape))


main(*sys.argv[1:])
