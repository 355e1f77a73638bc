"""MoCo's linear classification in torch: main_lincls.py's optimiser and schedule on given features.

reference_linear.py DIR WIDTH CLASSES BATCH RATE MILESTONES    DIR has train.f32, train.i32, weights.f32, order.i32 (epochs, N)

Prints the weights, then the bias, after the last epoch.
"""

import pathlib
import sys

import numpy as np
import torch


def main():
    directory, width, classes, batch = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:5])
    rate, milestones = float(sys.argv[5]), [int(m) for m in sys.argv[6].split(",")]
    features = torch.from_numpy(np.fromfile(directory / "train.f32", "<f4").reshape(-1, width))
    targets = torch.from_numpy(np.fromfile(directory / "train.i32", "<i4").astype(np.int64))
    order = torch.from_numpy(np.fromfile(directory / "order.i32", "<i4").astype(np.int64)).view(-1, len(features))
    layer = torch.nn.Linear(width, classes)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.fromfile(directory / "weights.f32", "<f4").reshape(classes, width)))
        layer.bias.zero_()
    optimizer = torch.optim.SGD(layer.parameters(), rate, momentum=0.9, weight_decay=0.0)
    for epoch, rows in enumerate(order):
        lr = rate
        for milestone in milestones:
            lr *= 0.1 if epoch >= milestone else 1.0
        for group in optimizer.param_groups:
            group["lr"] = lr
        for part in rows.split(batch):
            loss = torch.nn.functional.cross_entropy(layer(features[part]), targets[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(*layer.weight.flatten().tolist(), *layer.bias.tolist())


main()
