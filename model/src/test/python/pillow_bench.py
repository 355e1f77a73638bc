"""Prints images/s of one core: Pillow decodes, torchvision makes two views by MoCo v2's recipe, as its loader does.

CPU time, as far as the process sees it. Usage: pillow_bench.py ARCHIVE.tar SIDE SECONDS
"""

import io
import random
import sys
import tarfile
import time

import torch

import torchvision_models  # noqa: F401 - makes torchvision importable
import torchvision.transforms as T
from PIL import Image, ImageFilter


class GaussianBlur:
    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(radius=random.uniform(0.1, 2.0)))


def main():
    side, seconds = int(sys.argv[2]), float(sys.argv[3])
    torch.set_num_threads(1)
    blur = [T.RandomApply([GaussianBlur()], p=0.5)] if side > 32 else []
    view = T.Compose(
        [
            T.RandomResizedCrop(side, scale=(0.2, 1.0)),
            T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
            T.RandomGrayscale(p=0.2),
            *blur,
            T.RandomHorizontalFlip(),
            T.ToTensor(),
            T.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
        ]
    )
    files = []
    with tarfile.open(sys.argv[1]) as archive:
        for member in archive:
            if member.isfile() and len(files) < 500:
                files.append(archive.extractfile(member).read())
    for warm in (True, False):
        begin = time.process_time()
        done = 0
        while time.process_time() - begin < (1 if warm else seconds):
            image = Image.open(io.BytesIO(files[done % len(files)])).convert("RGB")
            view(image), view(image)
            done += 1
        rate = done / (time.process_time() - begin)
    print(f"{rate:.1f}")


main()
