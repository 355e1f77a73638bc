"""Measures a PyTorch DataLoader that makes two views of each image with Pillow and torchvision.

    loader.py FOLDER RECIPE_JSON IMAGES BATCH WORKERS

FOLDER holds encoded images and nothing else; an epoch is IMAGES of them, over and over. Prints one JSON object with
images_per_s of the second epoch: the workers are up by then.
"""

import json
import pathlib
import random
import subprocess
import sys
import time

import torch


def make_torchvision_importable():
    """Its compiled operators need not match torch's build, and its transforms need none of them."""
    found = subprocess.run(
        [sys.executable, "-c", "import torchvision"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if found.returncode == 0:
        return None
    library = torch.library.Library("torchvision", "DEF")
    # Newer versions register qnms too.
    for name in ("nms", "qnms"):
        library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


STUB = make_torchvision_importable()

import torchvision.transforms as T  # noqa: E402 - importable only now
from PIL import Image, ImageFilter  # noqa: E402


class GaussianBlur:
    """As in moco/loader.py: Pillow's filter, sigma drawn uniformly."""

    def __init__(self, low, high):
        self.range = (low, high)

    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(radius=random.uniform(*self.range)))


def view(recipe, which):
    jitter = recipe["jitter"]
    factors = [jitter[name] for name in ("brightness", "contrast", "saturation", "hue")]
    colour = [
        T.RandomApply([T.ColorJitter(*factors)], p=jitter["probability"]),
        T.RandomGrayscale(p=recipe["grayscale"]),
    ]
    if recipe["order"] == "GRAYSCALE_THEN_JITTER":
        colour.reverse()
    blur = recipe["blur"]
    crop = recipe["crop"]
    return T.Compose(
        [
            T.RandomResizedCrop(recipe["side"], scale=(crop["minScale"], crop["maxScale"])),
            *colour,
            T.RandomApply(
                [GaussianBlur(blur["minSigma"], blur["maxSigma"])], p=blur["probability"][which]
            ),
            T.RandomSolarize(threshold=128, p=recipe["solarize"][which]),
            T.RandomHorizontalFlip(p=recipe["flip"]),
            T.ToTensor(),
            T.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
        ]
    )


class TwoViews(torch.utils.data.Dataset):
    def __init__(self, folder, recipe, images):
        self.files = sorted(pathlib.Path(folder).iterdir())
        self.views = [view(recipe, which) for which in ("first", "second")]
        self.images = images

    def __len__(self):
        return self.images

    def __getitem__(self, index):
        with Image.open(self.files[index % len(self.files)]) as encoded:
            image = encoded.convert("RGB")
        return [view(image) for view in self.views]


def main():
    folder, recipe, images, batch, workers = sys.argv[1:]
    loader = torch.utils.data.DataLoader(
        TwoViews(folder, json.loads(recipe), int(images)),
        batch_size=int(batch),
        shuffle=True,
        drop_last=True,
        num_workers=int(workers),
        persistent_workers=True,
    )
    for _ in range(2):
        began = time.perf_counter()
        count = sum(len(query) for query, _ in loader)
        seconds = time.perf_counter() - began
    print(json.dumps({"images_per_s": count / seconds}))


if __name__ == "__main__":
    main()
