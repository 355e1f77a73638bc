#!/usr/bin/env python3
"""Converts a MoCo checkpoint to a safetensors file that `millrace train --init-from` starts from.

usage: convert_moco_checkpoint.py CHECKPOINT.pth.tar OUT.safetensors

CHECKPOINT is what main_moco.py of facebookresearch/moco saves: a pickle whose "state_dict" has

    module.encoder_q.*    the query encoder with its head: fc.*, or fc.0.* and fc.2.* for --mlp
    module.encoder_k.*    the key encoder, likewise
    module.queue          (D, K) float32, columns of length 1
    module.queue_ptr      (1) int64, the column that the next key overwrites, 0 to K - 1

"module." may be missing, as where nothing was distributed. It is read with weights_only=True, so a
pickle cannot run code. OUT has the same tensors, bit for bit, named encoder_q.*, encoder_k.*, queue
and queue_ptr. The optimiser's state is left out: Millrace starts with momentum 0 and at step 0.

The checkpoints that the authors released have module.encoder_q.* alone (facebookresearch/moco issue 27).
Of these OUT has the backbone by torchvision's names, conv1.weight and so on, without the head fc.*:
both encoders start from it, with heads and a queue from the seed.

Needs torch and safetensors.
"""

import pickle
import sys

import torch
from safetensors.torch import save_file

PREFIX = "module."
QUERY = "encoder_q."
ENCODERS = (QUERY, "encoder_k.")


def convert(checkpoint):
    """The state_dict's tensors under the names of the safetensors file; exits where they are not MoCo's."""
    state = checkpoint.get("state_dict", checkpoint) if isinstance(checkpoint, dict) else None
    if not state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        sys.exit("expected a checkpoint of main_moco.py, a dict with a state_dict of tensors")
    tensors = {name.removeprefix(PREFIX): value for name, value in state.items()}
    if all(name.startswith(QUERY) for name in tensors):
        return backbone(tensors)
    problems = [f"unknown tensor {name}" for name in tensors if not known(name)]
    for part in (*ENCODERS, "queue", "queue_ptr"):
        if not any(name == part or part in ENCODERS and name.startswith(part) for name in tensors):
            problems.append(f"no tensor {PREFIX}{part}{'*' if part in ENCODERS else ''}")
    if problems:
        sys.exit("not a MoCo checkpoint: " + "; ".join(problems))
    if tensors["queue"].dim() != 2 or tensors["queue_ptr"].numel() != 1:
        sys.exit("not a MoCo checkpoint: expected a queue (D, K) and a queue_ptr (1)")
    return copies(tensors)


def backbone(tensors):
    """The query encoder's tensors but the head's, by torchvision's names."""
    names = {name: name.removeprefix(QUERY) for name in tensors}
    kept = {new: tensors[name] for name, new in names.items() if not new.startswith("fc.")}
    if "conv1.weight" not in kept:
        sys.exit(f"not a MoCo checkpoint: no tensor {PREFIX}{QUERY}conv1.weight")
    return copies(kept)


def copies(tensors):
    # Contiguous copies: safetensors takes no views that share memory.
    return {name: value.detach().clone().contiguous() for name, value in tensors.items()}


def known(name):
    return name.startswith(ENCODERS) or name in ("queue", "queue_ptr")


def main(source, target):
    try:
        checkpoint = torch.load(source, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        # torch's own message advises to run the pickle's code.
        sys.exit(f"{source}: expected a checkpoint of tensors, numbers and text, got another pickle or none")
    metadata = {"format": "pt"}
    for field in ("arch", "epoch"):
        if isinstance(checkpoint, dict) and field in checkpoint:
            metadata[field] = str(checkpoint[field])
    tensors = convert(checkpoint)
    save_file(tensors, target, metadata=metadata)
    if "queue" not in tensors:
        print(
            f"{target}: {len(tensors)} tensors, the backbone by torchvision's names: the checkpoint has"
            f" {PREFIX}{QUERY}* alone, of which the head fc.* is left out"
        )
        return
    head = "mlp" if "encoder_q.fc.0.weight" in tensors else "linear"
    dimension, capacity = tensors["queue"].shape
    print(
        f"{target}: {len(tensors)} tensors; settings that fit: head.kind: {head},"
        f" head.dimension: {dimension}, contrast.queue-capacity: {capacity}"
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
