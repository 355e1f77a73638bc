"""Saves tensors as the authors' main_moco.py would: MoCo v2 on torchvision's ResNet-18, distributed.

usage: moco_checkpoint.py TENSORS.safetensors CHECKPOINT.pth.tar [legacy] [released]

TENSORS has encoder_q.*, encoder_k.*, queue (128, K), queue_ptr (1). The encoders' go through torchvision's
model with the MLP head, strictly, so that names and shapes are known to be the model's. "legacy" writes the pickle of PyTorch before 1.6, which the published checkpoints are;
"released" keeps module.encoder_q.* alone, which is what these hold.
"""

import sys

import torch
from safetensors.torch import load_file
from torch import nn

from torchvision_models import models


def encoder(tensors, prefix):
    model = models.resnet18(num_classes=128)
    model.fc = nn.Sequential(nn.Linear(512, 512), nn.ReLU(), model.fc)
    model.load_state_dict(
        {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)},
        strict=True,
    )
    return model


class MoCo(nn.Module):
    def __init__(self, tensors):
        super().__init__()
        self.encoder_q = encoder(tensors, "encoder_q.")
        self.encoder_k = encoder(tensors, "encoder_k.")
        self.register_buffer("queue", tensors["queue"])
        self.register_buffer("queue_ptr", tensors["queue_ptr"])


tensors = load_file(sys.argv[1])
wrapped = nn.ModuleDict({"module": MoCo(tensors)})
optimizer = torch.optim.SGD(wrapped["module"].encoder_q.parameters(), 0.03, momentum=0.9)
checkpoint = {
    "epoch": 200,
    "arch": "resnet18",
    "state_dict": wrapped.state_dict(),
    "optimizer": optimizer.state_dict(),
}
if "released" in sys.argv[3:]:
    state = checkpoint["state_dict"]
    checkpoint["state_dict"] = {name: state[name] for name in state if name.startswith("module.encoder_q.")}
    del checkpoint["optimizer"]
torch.save(checkpoint, sys.argv[2], _use_new_zipfile_serialization="legacy" not in sys.argv[3:])
print(len(checkpoint["state_dict"]))
