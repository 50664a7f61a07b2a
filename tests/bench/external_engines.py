#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Times other sparse convolution engines on the network and the voxels of cuda_bench.

  cuda_bench --networks minkunet:1.0 --describe net.json
  cuda_bench --save-frames frames
  external_engines.py net.json frames/*.npz

Runs every engine that this Python can import, TorchSparse 2.1 and spconv 2, on one MinkUNet with
random weights in fp16, by the protocol of cuda_bench: one frame at a time, in random order and never
one twice in a row; wall clock from the voxel list on the device to the logits on the device, maps
included. Batch-norm is left out for all of them, as cuda_bench folds it into the weights; bias, ReLU
and shortcuts are there. TorchSparse is tuned first where it offers that, as its authors do.

Written from the packages' documentation (TorchSparse: docs/getting_started of its site; spconv:
docs/USAGE.md). Where it was written neither package nor a GPU was at hand: of this file only the
message that no engine can be imported, the reading of arguments and the check of the layer list have
ever run.
"""
import argparse
import importlib
import json
import random
import sys
import tempfile
import time


def importable(name):
    try:
        return importlib.import_module(name)
    except (ImportError, OSError):  # OSError: a library that it needs is missing
        return None


def convolutions(plan):
    """(volume, in, out) of every layer, in the order in which they run; a projection after its block."""
    layers = [(27, plan["input"], plan["stem"]), (27, plan["stem"], plan["stem"])]
    widths = [plan["stem"]] + [stage["out"] for stage in plan["down"]]
    width = plan["stem"]
    for index, stage in enumerate(plan["down"] + plan["up"]):
        up = index - len(plan["down"])
        skip = widths[len(plan["down"]) - 1 - up] if up >= 0 else 0
        layers.append((8, width, stage["transition"]))
        width = stage["transition"] + skip
        for middle in stage["middle"]:
            layers += [(27, width, middle), (27, middle, stage["out"])]
            if width != stage["out"]:
                layers.append((1, width, stage["out"]))
            width = stage["out"]
    return layers + [(1, width, plan["classes"])]


def read_plan(path):
    with open(path, encoding="utf-8") as file:
        plan = json.load(file)
    if plan.get("network") != "minkunet":
        sys.exit(f"{path}: describes no MinkUNet; use cuda_bench --networks minkunet:1.0 --describe")
    told = [(layer["volume"], layer["in"], layer["out"]) for layer in plan["layers"]]
    if told != convolutions(plan):
        sys.exit(f"{path}: its layers are not those that this script builds; the times would not compare")
    return plan


def build(plan, torch, engine):
    """The MinkUNet of `plan` over an engine's layers."""
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, level, inputs, middle, outputs):
            super().__init__()
            self.first = engine.same(inputs, middle, level)
            self.second = engine.same(middle, outputs, level)
            self.project = nn.Linear(inputs, outputs) if inputs != outputs else nn.Identity()

        def forward(self, x):
            y = self.second(engine.map(torch.relu, self.first(x)))
            shortcut = self.project(engine.features(x))
            return engine.replace(y, torch.relu(engine.features(y) + shortcut))

    class Stage(nn.Module):
        def __init__(self, index, stage, inputs, skip):
            super().__init__()
            depth = len(plan["down"])
            self.up = index >= depth
            change = engine.finer if self.up else engine.coarser
            level = 2 * depth - 1 - index if self.up else index  # the finer of the two
            self.change = change(inputs, stage["transition"], level)
            width, blocks = stage["transition"] + skip, []
            for middle in stage["middle"]:
                blocks.append(Block(level if self.up else level + 1, width, middle, stage["out"]))
                width = stage["out"]
            self.blocks = nn.Sequential(*blocks)

        def forward(self, x, skip):
            x = engine.map(torch.relu, self.change(x))
            if self.up:
                x = engine.replace(x, torch.cat([engine.features(x), engine.features(skip)], 1))
            return self.blocks(x)

    class MinkUNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = engine.same(plan["input"], plan["stem"], 0)
            self.stem2 = engine.same(plan["stem"], plan["stem"], 0)
            widths = [plan["stem"]] + [stage["out"] for stage in plan["down"]]
            width, stages = plan["stem"], []
            for index, stage in enumerate(plan["down"] + plan["up"]):
                up = index - len(plan["down"])
                skip = widths[len(plan["down"]) - 1 - up] if up >= 0 else 0
                stages.append(Stage(index, stage, width, skip))
                width = stage["out"]
            self.stages = nn.ModuleList(stages)
            self.classifier = nn.Linear(width, plan["classes"])

        def forward(self, x):
            x = engine.map(torch.relu, self.stem(x))
            x = engine.map(torch.relu, self.stem2(x))
            seen = []
            for stage in self.stages:
                if stage.up:
                    x = stage(x, seen.pop())
                else:
                    seen.append(x)
                    x = stage(x, None)
            return self.classifier(engine.features(x))

    return MinkUNet()


class TorchSparse:
    name = "torchsparse"

    def __init__(self, package):
        self.package = package
        self.layers = importlib.import_module("torchsparse.nn")
        self.fapply = importlib.import_module("torchsparse.nn.utils").fapply

    def same(self, inputs, outputs, _level):
        return self.layers.Conv3d(inputs, outputs, 3, bias=True)

    def coarser(self, inputs, outputs, _level):
        return self.layers.Conv3d(inputs, outputs, 2, stride=2, bias=True)

    def finer(self, inputs, outputs, _level):
        return self.layers.Conv3d(inputs, outputs, 2, stride=2, bias=True, transposed=True)

    def tensor(self, coords, features):
        # A new tensor each time: it carries the maps, and those belong to the time.
        return self.package.SparseTensor(coords=coords, feats=features)

    def features(self, x):
        return x.F

    def replace(self, x, features):
        return self.fapply(x, lambda _: features)  # the maps of the coordinates stay known

    def map(self, function, x):
        return self.replace(x, function(self.features(x)))

    def tune(self, model, samples):
        if not hasattr(self.package, "tune"):
            return "not tuned: this version has no tuner"
        with tempfile.TemporaryDirectory() as folder:
            self.package.tune(
                model=model,
                data_loader=samples,
                n_samples=len(samples),
                collect_fn=lambda sample: (self.tensor(*sample),),
                enable_fp16=True,
                save_dir=folder,
                tune_tag="siskin",
                force_retune=True,
                tune_with_bwd=False,
            )
        return f"tuned on {len(samples)} frames"


class Spconv:
    name = "spconv"

    def __init__(self, _package):
        self.layers = importlib.import_module("spconv.pytorch")

    def same(self, inputs, outputs, level):
        return self.layers.SubMConv3d(inputs, outputs, 3, bias=True, indice_key=f"same{level}")

    def coarser(self, inputs, outputs, level):
        return self.layers.SparseConv3d(
            inputs, outputs, 2, stride=2, bias=True, indice_key=f"change{level}"
        )

    def finer(self, inputs, outputs, level):
        return self.layers.SparseInverseConv3d(
            inputs, outputs, 2, bias=True, indice_key=f"change{level}"
        )

    def tensor(self, coords, features):
        # Extents are even at all five levels, so that no voxel at the edge is left out.
        shape = [(int(extent) // 32 + 1) * 32 for extent in self.extents]
        return self.layers.SparseConvTensor(features, coords, shape, 1)

    def features(self, x):
        return x.features

    def replace(self, x, features):
        return x.replace_feature(features)

    def map(self, function, x):
        return self.replace(x, function(self.features(x)))

    def tune(self, _model, _samples):
        return "tunes itself during the untimed passes"


def frame_order(frames, count, seed):
    chooser, order = random.Random(seed), []
    for _ in range(count):
        others = [i for i in range(frames) if not order or frames == 1 or i != order[-1]]
        order.append(chooser.choice(others))
    return order


def percentile(values, share):
    values = sorted(values)
    return values[max(-(-int(share * 1000) * len(values) // 1000), 1) - 1]


def run_engine(engine, plan, frames, options, torch):
    torch.manual_seed(options.seed)
    device = torch.device("cuda")
    model = build(plan, torch, engine).half().to(device).eval()
    upload = lambda frame: (
        torch.from_numpy(frame["coords"]).int().to(device),
        torch.from_numpy(frame["features"]).half().to(device),
    )
    engine.extents = [max(int(f["coords"][:, axis].max()) for f in frames) + 1 for axis in (1, 2, 3)]
    times = []
    with torch.inference_mode():
        note = engine.tune(model, [upload(frame) for frame in frames[:10]])
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        order = frame_order(len(frames), options.warm_ups + options.frames, options.seed)
        for run, index in enumerate(order):
            coords, features = upload(frames[index])
            torch.cuda.synchronize()
            start = time.perf_counter()
            logits = model(engine.tensor(coords, features))
            torch.cuda.synchronize()
            if run >= options.warm_ups:
                times.append(1e3 * (time.perf_counter() - start))
            if len(logits) != len(features):
                sys.exit(f"{engine.name}: {len(logits)} rows of logits for {len(features)} voxels")
    peak = torch.cuda.max_memory_allocated() / 1e6
    print(f"{engine.name:<14} {percentile(times, 0.5):>10.3f} {percentile(times, 0.95):>10.3f} "
          f"{peak:>9.0f}  {note}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("plan", help="what cuda_bench --describe wrote")
    parser.add_argument("npz", nargs="+", help="what cuda_bench --save-frames wrote")
    parser.add_argument("--frames", type=int, default=200, help="timed passes")
    parser.add_argument("--warm-ups", type=int, default=20, help="untimed ones before")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    plan = read_plan(options.plan)
    found = [(kind, importable(kind.name)) for kind in (TorchSparse, Spconv)]
    engines = [kind(package) for kind, package in found if package]
    if not engines:
        print("external_engines: neither torchsparse nor spconv can be imported here, nothing to time")
        return
    import numpy
    import torch
    if not torch.cuda.is_available():
        print("external_engines: this PyTorch finds no GPU, nothing to time")
        return
    frames = [dict(numpy.load(path)) for path in options.npz]
    print(f"device: {torch.cuda.get_device_name()}; minkunet:{plan['width']} fp16, batch 1, "
          f"{options.warm_ups} untimed and {options.frames} timed passes over {len(frames)} frames")
    print(f"{'engine':<14} {'whole ms':>10} {'p95 ms':>10} {'peak MB':>9}")
    for engine in engines:
        run_engine(engine, plan, frames, options, torch)


if __name__ == "__main__":
    main()
