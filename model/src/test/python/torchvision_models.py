"""torchvision's models, also where its compiled operators do not match torch: models need none of them."""

import re
import sys

import torch

_libraries = []  # a definition lives as long as its library


def _import():
    while True:
        try:
            import torchvision

            return torchvision.models
        except RuntimeError as failure:
            absent = re.search(r"operator torchvision::(\w+) does not exist", str(failure))
            if not absent:
                raise
            for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
                del sys.modules[name]
            library = torch.library.Library("torchvision", "FRAGMENT")
            library.define(absent[1] + "(Tensor x) -> Tensor")
            _libraries.append(library)


models = _import()
