"""Computes parity fixtures with PyTorch: encoders and training steps of MoCo, weights and inputs from a formula.

usage: parity_fixtures.py OUT SOURCE...

A SOURCE is a JSON file, {name: metadata, ...}, or a fixture (.safetensors) whose metadata is taken and whose
tensors are computed anew. Metadata with "steps" gives a training fixture, without it an encoder's. Each is
written to OUT/NAME.safetensors; a fixture's distance to what was computed here is printed, and for JSON how far
PyTorch's own other kernels (without oneDNN) are from it. A unit of a ReLU that rounding switches changes all
that follows: a fixture whose kernels are not well within the tolerances holds nobody to them, take another base.

The layout and the formula are those of the parity fixtures' README; the step follows moco/builder.py of
facebookresearch/moco and the model cells of its CIFAR notebook (arXiv:1911.05722, Algorithm 1; the key
encoder moves before the keys are computed). The queue wraps where its length is no multiple of the batch.
The files of model/src/test/resources/parity were made by: parity_fixtures.py ../resources/parity fixtures.json
"""

import copy
import json
import math
import pathlib
import re
import sys
from functools import partial

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

from torchvision_models import models


def u(t, count):
    """Numbers 0 to count - 1 of tensor t, in [-0.5, 0.5): float32, exact."""
    with np.errstate(over="ignore"):
        z = (np.uint64(t << 40) + np.arange(1, count + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return torch.from_numpy(((z >> np.uint64(40)) * 2.0**-24 - 0.5).astype(np.float32))


@torch.no_grad()
def fill(encoder, base):
    """Gives every entry of the state_dict the formula's values."""
    for j, (name, value) in enumerate(encoder.state_dict().items()):
        x = u(base + j, value.numel()).view(value.shape)
        last = name.rsplit(".", 1)[-1]
        if last == "num_batches_tracked":
            x = torch.tensor(0)
        elif last == "running_var":
            x = 1 + 0.4 * x
        elif value.dim() == 1:
            x = 1 + 0.2 * x if last == "weight" else 0.2 * x
        else:
            x = x * np.float32(math.sqrt(24 / (value.numel() / value.shape[0])))
        value.copy_(x)


def images(t, n, side):
    return 2 * u(t, n * 3 * side * side).view(n, 3, side, side)


class SplitBatchNorm(nn.BatchNorm2d):
    """Batch norm in which sample n uses the statistics of split n mod S."""

    def __init__(self, channels, splits):
        super().__init__(channels)
        self.splits = splits

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        updated, parts = [], []
        for s in range(self.splits):
            mean, var = self.running_mean.clone(), self.running_var.clone()
            parts.append(F.batch_norm(x[s :: self.splits], mean, var, self.weight, self.bias, True))
            updated.append((mean, var))
        for buffer, of_splits in zip((self.running_mean, self.running_var), zip(*updated)):
            buffer.copy_(torch.stack(of_splits).mean(0))
        # (S, N / S, ...) to the batch's order: sample n is row n // S of split n mod S.
        return torch.stack(parts).transpose(0, 1).reshape(x.shape)


def build(spec):
    splits = int(spec.get("bn_splits", 1))
    norm = partial(SplitBatchNorm, splits=splits) if splits > 1 else nn.BatchNorm2d
    net = getattr(models, spec["arch"])(norm_layer=norm)
    stem = spec.get("stem", "imagenet")
    if stem != "imagenet":
        kernel, stride, padding = {"cifar": (3, 1, 1), "patch4": (4, 4, 0), "patch8": (8, 8, 0)}[stem]
        net.conv1 = nn.Conv2d(3, 64, kernel, stride=stride, padding=padding, bias=False)
        net.maxpool = nn.Identity()
    width = net.fc.in_features
    if "D" not in spec:
        net.fc = nn.Identity()
    elif spec["mlp"] == "True":
        net.fc = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, int(spec["D"])))
    else:
        net.fc = nn.Linear(width, int(spec["D"]))
    fill(net, int(spec["base"]))
    return net.train()


@torch.no_grad()
def encoder_fixture(spec):
    t, n, side = map(int, re.fullmatch(r"images\(t=(\d+), N=(\d+), side=(\d+)\)", spec["input"]).groups())
    net = build(spec)
    x = images(t, n, side)
    evaluated = net.eval()(x)
    trained = net.train()(x)
    return {
        "features_eval": evaluated,
        "features_train": trained,
        "bn1.running_mean_after_train": net.bn1.running_mean,
        "bn1.running_var_after_train": net.bn1.running_var,
    }


class Moco:
    """Query encoder, key encoder, queue (D, K)."""

    def __init__(self, spec):
        self.spec = spec
        self.q = build(spec)
        self.k = copy.deepcopy(self.q).requires_grad_(False)
        d, capacity = int(spec["D"]), int(spec["K"])
        self.queue = F.normalize(u(int(spec["base"]) + 901, d * capacity).view(d, capacity), dim=0)
        self.pointer = 0
        self.optimizer = torch.optim.SGD(
            self.q.parameters(),
            lr=float(spec["lr"]),
            momentum=float(spec["momentum"]),
            weight_decay=float(spec["weight_decay"]),
        )

    def step(self, s):
        base, n, side = (int(self.spec[name]) for name in ("base", "N", "side"))
        x1, x2 = images(base + 910 + 2 * s, n, side), images(base + 911 + 2 * s, n, side)
        m = float(self.spec["m"])
        with torch.no_grad():
            for of_k, of_q in zip(self.k.parameters(), self.q.parameters()):
                of_k.copy_(of_k * m + of_q * (1 - m))
        loss, logits, keys = self.contrast(x1, x2)
        if self.spec["symmetric"] == "True":
            other, _, keys_of_first = self.contrast(x2, x1)
            loss, keys = loss + other, torch.cat([keys_of_first, keys])
        self.optimizer.zero_grad()
        loss.backward()
        gradients = torch.stack([p.grad.norm() for p in self.q.parameters()])
        self.optimizer.step()
        self.enqueue(keys)
        return loss.detach(), logits.detach(), gradients

    def contrast(self, queries, keys):
        q = F.normalize(self.q(queries), dim=1)
        with torch.no_grad():
            order = self.order(len(keys))
            k = torch.empty_like(q)
            k[order] = F.normalize(self.k(keys[order]), dim=1)
        logits = torch.cat([(q * k).sum(1, keepdim=True), q @ self.queue], 1) / float(self.spec["T"])
        return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long)), logits, k

    def order(self, n):
        if "shuffle" not in self.spec:
            return torch.arange(n)
        order = torch.tensor([(5 * i + 3) % n for i in range(n)])
        assert len(order.unique()) == n, f"5i + 3 mod {n} is no permutation"
        return order

    def enqueue(self, keys):
        at = (self.pointer + torch.arange(len(keys))) % self.queue.shape[1]
        self.queue[:, at] = keys.T
        self.pointer = (self.pointer + len(keys)) % self.queue.shape[1]


def moco_fixture(spec):
    moco = Moco(spec)
    steps = [moco.step(s) for s in range(int(spec["steps"]))]
    tensors = {
        "losses": torch.stack([loss for loss, _, _ in steps]),
        "grad_norms_step0": steps[0][2],
        "queue": moco.queue,
        "queue_ptr": torch.tensor([moco.pointer]),
    }
    if spec["symmetric"] != "True" and "shuffle" not in spec:
        tensors["logits_step0"] = steps[0][1]
    for name, encoder in (("encoder_q", moco.q), ("encoder_k", moco.k)):
        entries = {n: v for n, v in encoder.state_dict().items() if not n.endswith("num_batches_tracked")}
        tensors[name + ".norms"] = torch.stack([v.double().norm() for v in entries.values()]).float()
        tensors[name + ".sums"] = torch.stack([v.double().sum() for v in entries.values()]).float()
        tensors[name + ".first_conv"] = next(iter(entries.values()))
        tensors[name + ".last_linear"] = [v for v in entries.values() if v.dim() == 2][-1]
    spec["tensor_names"] = json.dumps(list(entries))
    return tensors


def compute(spec):
    tensors = moco_fixture(spec) if "steps" in spec else encoder_fixture(spec)
    return {n: v.detach().contiguous().clone() for n, v in tensors.items()}


def write(out, name, spec):
    """Returns the tensors as they were written."""
    tensors = compute(spec)
    save_file(tensors, out / (name + ".safetensors"), metadata=spec)
    return tensors


def distances(name, fixture, computed):
    for key, reference in sorted(fixture.items()):
        difference = (computed[key].double() - reference.double()).norm() / reference.double().norm().clamp_min(1e-30)
        print(f"{name} {key}: {difference.item():.1e}")


def main(out, *sources):
    torch.set_num_threads(1)
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for source in map(pathlib.Path, sources):
        if source.suffix == ".json":
            for name, spec in json.loads(source.read_text()).items():
                fixture = write(out, name, spec)
                with torch.backends.mkldnn.flags(enabled=False):
                    distances(name, fixture, compute(spec))
        else:
            with safe_open(source, "pt") as fixture:
                spec = fixture.metadata()
            distances(source.stem, load_file(source), write(out, source.stem, spec))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
