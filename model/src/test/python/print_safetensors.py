"""Prints a file's metadata and each tensor's name, shape, type and bytes, in the order of the names."""

import sys

from safetensors import safe_open

with safe_open(sys.argv[1], "numpy") as file:
    print(file.metadata())
    for name in sorted(file.keys()):
        tensor = file.get_tensor(name)
        print(name, tensor.shape, tensor.dtype, list(tensor.tobytes()))
