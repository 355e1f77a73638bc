"""Runs the peer program for a measurement.

    peer.py loop THREADS SCRIPT ARGUMENTS...        the program itself, with these arguments
    peer.py step THREADS SCRIPT STEPS ARGUMENTS...  its training step alone, on random tensors

The step is made of the program's own encoder, in the order of its main loop. Prints one JSON object
with images_per_s, as the program does.
"""

import argparse
import json
import runpy
import subprocess
import sys
import time

import torch
from torch.nn import functional

WARM_UP = 5


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


def parse(arguments):
    parser = argparse.ArgumentParser()
    for name in ("width", "batch", "K", "splits", "mlp", "cos", "bf16"):
        parser.add_argument("--" + name, type=int, required=True)
    for name in ("lr", "wd", "m", "T"):
        parser.add_argument("--" + name, type=float, required=True)
    parser.add_argument("--blocks", required=True)
    return parser.parse_args(arguments)


class Step:
    """The training step, on the same two random views each time; they are 32 pixels wide."""

    def __init__(self, encoder_class, settings):
        self.settings = settings
        blocks = [int(count) for count in settings.blocks.split(",")]
        self.query, self.key = (
            encoder_class(settings.width, blocks, settings.splits, settings.mlp).to(
                memory_format=torch.channels_last
            )
            for _ in range(2)
        )
        self.key.load_state_dict(self.query.state_dict())
        self.key.requires_grad_(False)
        self.optimizer = torch.optim.SGD(
            self.query.parameters(), settings.lr, momentum=0.9, weight_decay=settings.wd
        )
        self.queue = functional.normalize(torch.randn(128, settings.K), dim=0)
        self.pointer = 0
        self.views = [torch.randn(settings.batch, 3, 32, 32) for _ in range(2)]
        self.targets = torch.zeros(settings.batch, dtype=torch.long)

    def run(self):
        """Returns the loss, still a tensor: reading it would wait."""
        settings = self.settings
        images, others = (
            view.contiguous(memory_format=torch.channels_last) for view in self.views
        )
        with torch.autocast("cpu", torch.bfloat16, enabled=bool(settings.bf16)):
            queries = functional.normalize(self.query(images).float(), dim=1)
            with torch.no_grad():
                torch._foreach_lerp_(
                    list(self.key.parameters()), list(self.query.parameters()), 1 - settings.m
                )
                order = torch.randperm(settings.batch)
                keys = functional.normalize(self.key(others[order]).float(), dim=1)
                keys = keys[order.argsort()]
        positive = (queries * keys).sum(1, keepdim=True)
        logits = torch.cat([positive, queries @ self.queue], 1) / settings.T
        loss = functional.cross_entropy(logits, self.targets)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        places = (torch.arange(settings.batch) + self.pointer) % settings.K
        self.queue[:, places] = keys.t()
        self.pointer = (self.pointer + settings.batch) % settings.K
        return loss.detach()


def measure_step(script, steps, arguments):
    settings = parse(arguments)
    torch.manual_seed(0)
    step = Step(runpy.run_path(script, run_name="peer")["Encoder"], settings)
    for _ in range(WARM_UP):
        loss = step.run()
    loss.item()
    began = time.perf_counter()
    for _ in range(steps):
        loss = step.run()
    loss = loss.item()
    seconds = time.perf_counter() - began
    print(json.dumps({"images_per_s": steps * settings.batch / seconds, "loss": loss}))


if __name__ == "__main__":
    mode, threads, script, *rest = sys.argv[1:]
    torch.set_num_threads(int(threads))
    stub = make_torchvision_importable()
    if mode == "step":
        measure_step(script, int(rest[0]), rest[1:])
    else:
        sys.argv = [script, *rest]
        runpy.run_path(script, run_name="__main__")
