"""Writes random views, stage by stage, as Pillow and torchvision make them.

Usage: pillow_views.py SEED COUNT OUT. OUT gets, big-endian, for each view: width, height (int32) and pixels of the
source; side, top, left, crop height, crop width (int32); the number of adjustments (int32), and for each its letter
(int32) and factor (float64); gray (int32), sigma (float64, 0 for none), solarize, flip (int32); then the view's pixels
after the crop, after the adjustments and grayscale, and at the end.
"""

import random
import struct
import sys

import torchvision_models  # noqa: F401 - makes torchvision importable
import numpy
import torchvision.transforms.functional as F
from PIL import Image, ImageFilter, ImageOps

ADJUST = {
    "b": F.adjust_brightness,
    "c": F.adjust_contrast,
    "s": F.adjust_saturation,
    "h": F.adjust_hue,
}


def size(rng):
    """1 to 1024, small ones as often as large ones."""
    return min(1024, int(2 ** rng.uniform(0, 10.01)))


def picture(rng, width, height):
    noise = numpy.random.default_rng(rng.getrandbits(32))
    if rng.random() < 0.5:
        pixels = noise.integers(0, 256, (height, width, 3), dtype=numpy.uint8)
        return Image.fromarray(pixels)
    few = noise.integers(0, 256, (4, 4, 3), dtype=numpy.uint8)
    return Image.fromarray(few).resize((width, height), Image.Resampling.BICUBIC)


def factor(rng, letter):
    if letter == "h":
        return rng.choice([-0.5, 0.5, 0.0, rng.uniform(-0.5, 0.5)])
    return rng.choice([0.0, 1.0, 2.0] + [rng.uniform(0, 2)] * 5)


def view(rng, out):
    width, height, side = size(rng), size(rng), size(rng)
    source = picture(rng, width, height)
    crop_height, crop_width = rng.randint(1, height), rng.randint(1, width)
    top, left = rng.randint(0, height - crop_height), rng.randint(0, width - crop_width)
    letters = rng.sample("bcsh", rng.randint(0, 4))
    factors = [factor(rng, letter) for letter in letters]
    gray, solarize, flip = (int(rng.random() < 0.3) for _ in range(3))
    sigma = rng.choice([0.0, rng.uniform(0, 10), rng.uniform(0.1, 2)])

    cropped = F.resized_crop(source, top, left, crop_height, crop_width, [side, side], antialias=True)
    image = cropped
    for letter, value in zip(letters, factors):
        image = ADJUST[letter](image, value)
    if gray:
        image = F.rgb_to_grayscale(image, num_output_channels=3)
    coloured = image
    if sigma:
        image = image.filter(ImageFilter.GaussianBlur(radius=sigma))
    if solarize:
        image = ImageOps.solarize(image)
    if flip:
        image = F.hflip(image)

    out.write(struct.pack(">2i", width, height) + source.tobytes())
    out.write(struct.pack(">6i", side, top, left, crop_height, crop_width, len(letters)))
    for letter, value in zip(letters, factors):
        out.write(struct.pack(">id", ord(letter), value))
    out.write(struct.pack(">idii", gray, sigma, solarize, flip))
    out.write(cropped.tobytes() + coloured.tobytes() + image.tobytes())


def main():
    rng = random.Random(int(sys.argv[1]))
    with open(sys.argv[3], "wb") as out:
        for _ in range(int(sys.argv[2])):
            view(rng, out)


main()
