"""Computes steps of the mechanisms beside MoCo's queue with PyTorch, weights and inputs from the parity formula.

usage: mechanism_fixtures.py OUT SPECS.json

Each entry of SPECS.json, {name: metadata, ...}, is written to OUT/NAME.safetensors: losses of all steps, the gradient
norms of the first, and sums and norms of every tensor after the last. The references: NT-Xent of google-research/simclr,
objective.py; MoCo v3 of facebookresearch/moco-v3, moco/builder.py; the memory bank of
arXiv:1805.01978, with the other view as positive key. The files of model/src/test/resources/mechanisms were made by
mechanism_fixtures.py ../resources/mechanisms mechanisms.json
"""

import copy
import json
import math
import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from parity_fixtures import SplitBatchNorm, fill, images, u
from torchvision_models import models

MASK = (1 << 64) - 1


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


GAMMA = 0x9E3779B97F4A7C15


def uniform(seed, label, index):
    """Number `index` of the project's SplitMix64 stream: in [0, 1)."""
    key = mix((seed + GAMMA) & MASK)
    key = mix(key ^ mix((label + GAMMA) & MASK))
    return (mix((key + (index + 1) * GAMMA) & MASK) >> 11) * 2.0**-53


def norm1d(channels, scale=True, shift=True):
    norm = nn.BatchNorm1d(channels, affine=scale)
    if scale and not shift:
        norm.bias = None
    return norm


def linear(a, b):
    return nn.Linear(a, b, bias=False)


def head(spec, width):
    d, hidden = int(spec["D"]), int(spec["hidden"]) or width
    if spec["head"] == "linear":
        return nn.Linear(width, d)
    if spec["head"] == "simclr":
        return nn.Sequential(linear(width, hidden), norm1d(hidden), nn.ReLU(), linear(hidden, hidden), norm1d(hidden),
                             nn.ReLU(), linear(hidden, d), norm1d(d, shift=False))
    return nn.Sequential(linear(width, hidden), norm1d(hidden), nn.ReLU(), linear(hidden, d), norm1d(d, scale=False))


class Encoder(nn.Module):
    def __init__(self, spec):
        super().__init__()
        splits = int(spec["bn_splits"])
        norm = (lambda c: SplitBatchNorm(c, splits)) if splits > 1 else nn.BatchNorm2d
        self.net = models.resnet18(norm_layer=norm)
        self.net.conv1 = nn.Conv2d(3, 64, 3, stride=1, padding=1, bias=False)
        self.net.maxpool = nn.Identity()
        self.net.fc = head(spec, 512)
        d, units = int(spec["D"]), int(spec["predictor"])
        self.predictor = nn.Sequential(linear(d, units), norm1d(units), nn.ReLU(), linear(units, d)) if units else None
        fill(self, int(spec["base"]))

    def forward(self, x, predict=True):
        z = self.net(x)
        return F.normalize(self.predictor(z) if predict and self.predictor else z, dim=1)


class Learner:
    def __init__(self, spec):
        self.spec = spec
        self.encoder = Encoder(spec).train()
        self.keys = copy.deepcopy(self.encoder).requires_grad_(False)
        self.bank = None
        if spec["mechanism"] == "memory-bank":
            d, m = int(spec["D"]), int(spec["M"])
            self.bank = F.normalize(u(int(spec["base"]) + 901, d * m).view(d, m), dim=0).t().contiguous()
        lr, momentum, decay = (float(spec[n]) for n in ("lr", "momentum", "weight_decay"))
        self.optimizer = torch.optim.SGD(self.encoder.parameters(), lr, momentum=momentum, weight_decay=decay)

    def step(self, s):
        base, n, side = (int(self.spec[name]) for name in ("base", "N", "side"))
        x1, x2 = images(base + 910 + 2 * s, n, side), images(base + 911 + 2 * s, n, side)
        loss = getattr(self, self.spec["mechanism"].replace("-", "_"))(x1, x2, s)
        self.encoder.zero_grad()
        loss.backward()
        gradients = torch.stack([p.grad.norm() for p in self.encoder.parameters()])
        self.optimizer.step()
        return loss.detach(), gradients

    def order(self, n):
        split = int(self.spec["bn_splits"]) > 1
        return torch.tensor([(5 * i + 3) % n if split else i for i in range(n)])

    def end_to_end(self, x1, x2, s):
        n, t = len(x1), float(self.spec["T"])
        order = self.order(n)
        a, shuffled = self.encoder(torch.cat([x1, x2[order]])).split(n)
        b = shuffled[order.argsort()]
        mask, labels = 1e9 * torch.eye(n), torch.arange(n)
        side = lambda x, y: F.cross_entropy(torch.cat([x @ y.t() / t, x @ x.t() / t - mask], 1), labels)
        return side(a, b) + side(b, a)

    def momentum_batch(self, x1, x2, s):
        t, m = float(self.spec["T"]), float(self.spec["m"])
        m = 1 - (1 - m) * 0.5 * (1 + math.cos(math.pi * s / int(self.spec["schedule_steps"])))
        with torch.no_grad():
            for k, q in zip(self.keys.parameters(), self.encoder.parameters()):
                k.copy_(k * m + q * (1 - m))
            k1, k2 = self.keys(x1, predict=False), self.keys(x2, predict=False)
        q1, q2 = self.encoder(x1), self.encoder(x2)
        contrast = lambda q, k: F.cross_entropy(q @ k.t() / t, torch.arange(len(q))) * 2 * t
        return contrast(q1, k2) + contrast(q2, k1)

    def memory_bank(self, x1, x2, s):
        t, m, count, n = float(self.spec["T"]), int(self.spec["M"]), int(self.spec["K"]), len(x1)
        order = self.order(n)
        with torch.no_grad():
            shuffled = self.encoder(x2[order])
            k = torch.empty_like(shuffled)
            k[order] = shuffled
        slots = torch.tensor([int(uniform(0, 4 << 32, s * count + i) * m) for i in range(count)])
        q, negatives = self.encoder(x1), self.bank[slots].clone()
        logits = torch.cat([(q * k).sum(1, keepdim=True), q @ negatives.t()], 1) / t
        ids, share = torch.tensor([(4 * s + i) % m for i in range(n)]), float(self.spec["bank_momentum"])
        self.bank[ids] = F.normalize(self.bank[ids] * share + k * (1 - share), dim=1)
        return F.cross_entropy(logits, torch.zeros(n, dtype=torch.long))


def fixture(spec):
    learner = Learner(spec)
    steps = [learner.step(s) for s in range(int(spec["steps"]))]
    tensors = {"losses": torch.stack([loss for loss, _ in steps]), "grad_norms_step0": steps[0][1]}
    entries = {n: v for n, v in learner.encoder.state_dict().items() if not n.endswith("num_batches_tracked")}
    tensors["query.norms"] = torch.stack([v.double().norm() for v in entries.values()]).float()
    tensors["query.sums"] = torch.stack([v.double().sum() for v in entries.values()]).float()
    if spec["mechanism"] == "momentum-batch":
        of_keys = [v for n, v in learner.keys.state_dict().items()
                   if not n.endswith("num_batches_tracked") and not n.startswith("predictor")]
        tensors["key.norms"] = torch.stack([v.double().norm() for v in of_keys]).float()
        tensors["key.sums"] = torch.stack([v.double().sum() for v in of_keys]).float()
    if learner.bank is not None:
        tensors["bank.rows"] = learner.bank
    return tensors


def main(out, specs):
    torch.set_num_threads(1)
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    for name, spec in json.loads(pathlib.Path(specs).read_text()).items():
        tensors = {n: v.detach().contiguous().clone() for n, v in fixture(spec).items()}
        save_file(tensors, pathlib.Path(out) / (name + ".safetensors"), metadata=spec)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
