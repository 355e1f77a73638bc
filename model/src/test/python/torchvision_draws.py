"""Prints what torchvision's transforms draw for an image, by recording what they do to it.

Usage: torchvision_draws.py RECIPE VIEW COUNT WIDTH HEIGHT. A line per draw: top left height width order brightness contrast
saturation hue gray sigma solarize flip; the order as letters, "-" for what did not happen.
"""

import random
import sys

import torch

import torchvision_models  # noqa: F401 - makes torchvision importable
import torchvision.transforms as T
from PIL import Image

record = {}


class Recorded:
    """What transforms.functional is replaced by: notes the parameters, returns the image as it is."""

    def __getattr__(self, name):
        return getattr(T.functional, name)

    def resized_crop(self, image, top, left, height, width, *_args, **_kwargs):
        record.update(top=top, left=left, height=height, width=width)
        return image

    def rgb_to_grayscale(self, image, num_output_channels=1):
        record["gray"] = 1
        return image

    def hflip(self, image):
        record["flip"] = 1
        return image

    def _adjust(self, image, letter, value):
        record["order"] = record.get("order", "") + letter
        record[letter] = float(value)
        return image

    def adjust_brightness(self, image, value):
        return self._adjust(image, "b", value)

    def adjust_contrast(self, image, value):
        return self._adjust(image, "c", value)

    def adjust_saturation(self, image, value):
        return self._adjust(image, "s", value)

    def adjust_hue(self, image, value):
        return self._adjust(image, "h", value)


class Blur:
    """The GaussianBlur of MoCo and SimCLR: sigma of random.uniform."""

    def __call__(self, image):
        record["sigma"] = random.uniform(0.1, 2.0)
        return image


class Solarize:
    def __call__(self, image):
        record["solarize"] = 1
        return image


def jitter_first(scale, jitter, *more):
    return [
        T.RandomResizedCrop(224, scale=scale),
        T.RandomApply([T.ColorJitter(*jitter)], p=0.8),
        T.RandomGrayscale(p=0.2),
        *more,
        T.RandomHorizontalFlip(),
    ]


def transforms(recipe, view):
    half = T.RandomApply([Blur()], p=0.5)
    if recipe == "mocoV1":
        return [
            T.RandomResizedCrop(224, scale=(0.2, 1.0)),
            T.RandomGrayscale(p=0.2),
            T.ColorJitter(0.4, 0.4, 0.4, 0.4),
            T.RandomHorizontalFlip(),
        ]
    if recipe == "mocoV2":
        return jitter_first((0.2, 1.0), (0.4, 0.4, 0.4, 0.1), half)
    if recipe == "cifarDemo":
        return jitter_first((0.08, 1.0), (0.4, 0.4, 0.4, 0.1))
    if recipe == "simclr":
        return jitter_first((0.08, 1.0), (0.8, 0.8, 0.8, 0.2), half)
    if recipe == "mocoV3":
        blur = T.RandomApply([Blur()], p=0.1 if view else 1.0)
        solarize = T.RandomApply([Solarize()], p=0.2 if view else 0.0)
        return jitter_first((0.2, 1.0), (0.4, 0.4, 0.2, 0.1), blur, solarize)
    raise SystemExit("unknown recipe " + recipe)


def main():
    recipe, view, count, width, height = sys.argv[1], *map(int, sys.argv[2:6])
    torch.manual_seed(1)
    random.seed(1)
    torch.set_num_threads(1)
    T.transforms.F = Recorded()
    pipeline = T.Compose(transforms(recipe, view))
    image = Image.new("RGB", (width, height))
    for _ in range(count):
        record.clear()
        pipeline(image)
        print(*(record.get(name, "-") for name in COLUMNS))


COLUMNS = ["top", "left", "height", "width", "order", "b", "c", "s", "h", "gray", "sigma", "solarize", "flip"]
main()
