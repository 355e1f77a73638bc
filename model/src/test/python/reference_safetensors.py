"""Writes a file with the reference writer, safetensors 0.8: every element type, names that sort by their bytes.

usage: reference_safetensors.py FILE

SafetensorsReferenceTest makes the same tensors; reference.safetensors beside it is such a file.
"""

import sys

import torch
from safetensors.torch import save_file

TYPES = {
    "BOOL": torch.bool,
    "U8": torch.uint8,
    "I8": torch.int8,
    "F8_E5M2": torch.float8_e5m2,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
    "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
    "I16": torch.int16,
    "U16": torch.uint16,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I32": torch.int32,
    "U32": torch.uint32,
    "F32": torch.float32,
    "C64": torch.complex64,
    "F64": torch.float64,
    "I64": torch.int64,
    "U64": torch.uint64,
}


def tensor(dtype, shape, first):
    """Elements whose bytes count from `first` on."""
    size = torch.Size(shape).numel() * dtype.itemsize
    data = torch.tensor([(first + i) % 251 for i in range(size)], dtype=torch.uint8)
    return data.view(dtype).reshape(shape)


tensors = {f"every.{name}": tensor(dtype, (2, 3), t) for t, (name, dtype) in enumerate(TYPES.items())}
tensors |= {
    "num_batches_tracked": tensor(torch.int64, (), 7),
    'é"x\\': torch.empty(0, 3),
    "\U0001f600": tensor(torch.float32, (1,), 1),
    "\ufb01": tensor(torch.float32, (1,), 2),
    "tab\t": tensor(torch.float32, (1,), 3),
}
save_file(tensors, sys.argv[1], {"format": "pt"})
