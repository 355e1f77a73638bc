"""Measures a PyTorch DataLoader that makes two views of each image with Pillow and torchvision.

    loader.py FOLDER RECIPE_JSON IMAGES BATCH WORKERS [ENCODER TRAINING_JSON]

FOLDER holds encoded images and nothing else; an epoch is IMAGES of them, over and over. With ENCODER, a snapshot's
encoder.py, every batch is trained on, in as many threads as there are workers; without, batches are only counted.
Prints one JSON object with images_per_s of the second epoch: the workers are up by then.
"""

import json
import pathlib
import random
import runpy
import subprocess
import sys
import time

import torch
from torch.nn import functional


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


class Step:
    """MoCo v2's training step, with batch norm over the whole batch."""

    def __init__(self, encoder, settings):
        self.settings = settings
        build = runpy.run_path(encoder)["build"]
        self.query, self.key = (self.network(build) for _ in range(2))
        self.key.load_state_dict(self.query.state_dict())
        self.key.requires_grad_(False)
        self.optimizer = torch.optim.SGD(
            self.query.parameters(), 0.03, momentum=0.9, weight_decay=1e-4
        )
        self.queue = functional.normalize(torch.randn(settings["dimension"], settings["queue"]), dim=0)
        self.pointer = 0

    def network(self, build):
        trunk = build(**self.settings["architecture"])
        width = trunk.num_features
        trunk.fc = torch.nn.Sequential(
            torch.nn.Linear(width, width),
            torch.nn.ReLU(),
            torch.nn.Linear(width, self.settings["dimension"]),
        )
        return trunk.to(memory_format=torch.channels_last)

    def embed(self, network, images):
        images = images.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.settings["bf16"]):
            return functional.normalize(network(images).float(), dim=1)

    def run(self, images, others):
        queries = self.embed(self.query, images)
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.key.parameters()), list(self.query.parameters()), 0.01
            )
            order = torch.randperm(len(others))
            keys = self.embed(self.key, others[order])[order.argsort()]
        positive = (queries * keys).sum(1, keepdim=True)
        logits = torch.cat([positive, queries @ self.queue], 1) / 0.2
        loss = functional.cross_entropy(logits, torch.zeros(len(queries), dtype=torch.long))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        places = (torch.arange(len(keys)) + self.pointer) % self.settings["queue"]
        self.queue[:, places] = keys.t()
        self.pointer = (self.pointer + len(keys)) % self.settings["queue"]
        return len(queries)


def main():
    folder, recipe, images, batch, workers, *training = sys.argv[1:]
    use = lambda query, key: len(query)  # noqa: E731
    if training:
        torch.manual_seed(0)
        torch.set_num_threads(int(workers))
        use = Step(training[0], json.loads(training[1])).run
    loader = torch.utils.data.DataLoader(
        TwoViews(folder, json.loads(recipe), int(images)),
        batch_size=int(batch),
        shuffle=True,
        drop_last=True,
        num_workers=int(workers),
        persistent_workers=True,
        multiprocessing_context="fork",  # others look for this program's classes in a file
    )
    for _ in range(2):
        began = time.perf_counter()
        count = sum(use(*views) for views in loader)
        seconds = time.perf_counter() - began
    print(json.dumps({"images_per_s": count / seconds}))


if __name__ == "__main__":
    main()
