"""SHA-256 of torchvision's Resize and CenterCrop of raw RGB images, a line each.

reference_view.py FILE WIDTH HEIGHT RESIZE SIDE [FILE ...]
"""

import hashlib
import pathlib
import sys

import torchvision_models  # noqa: F401  makes torchvision importable
from PIL import Image
from torchvision import transforms

words = sys.argv[1:]
for file, *numbers in (words[i : i + 5] for i in range(0, len(words), 5)):
    width, height, resize, side = map(int, numbers)
    image = Image.frombytes("RGB", (width, height), pathlib.Path(file).read_bytes())
    view = transforms.CenterCrop(side)(transforms.Resize(resize)(image))
    assert view.size == (side, side)
    print(hashlib.sha256(view.tobytes()).hexdigest())
