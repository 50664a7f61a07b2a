# SPDX-License-Identifier: MIT
"""Broken weight files, network configurations, class maps and folders of predictions."""

import json
import os

from malformed_case import CaseTable, Command, as_owner
from siskin_process import RESOURCES
from weight_files import GROWING_PICKLE, deep_pickle, read_safetensors, running_pickle, safetensors, torch_archive

table = CaseTable()

DEMO = RESOURCES / "demo"
DEMO_WEIGHTS = DEMO / "minkunet-0.125.safetensors"


def add_weights(broken, *words, name="weights.safetensors", kind="minkunet", code=3):
    """A case with a broken file of weights; `make` gets header and tensors of a healthy one."""
    def register(make):
        def arrange(place):
            path = place.write(name, make(*read_safetensors(DEMO_WEIGHTS)))
            return place.evaluation(model=("--model", f"{kind}:{path}"))
        table.add(broken, code, *(words or (name,)))(arrange)
        return make
    return register


@add_weights("weight file that ends in the middle")
def _(header, tensors):
    return safetensors(header, tensors[:len(tensors) // 2])


@add_weights("weight file of seven bytes")
def _(header, tensors):
    return b"\x01\x00\x00\x00\x00\x00\x00"


@add_weights("empty weight file")
def _(header, tensors):
    return b""


@add_weights("weight file whose header claims 2 to the power of 63 bytes")
def _(header, tensors):
    return b"\xff" * 7 + b"\x7f" + tensors


@add_weights("weight file whose header is no JSON")
def _(header, tensors):
    return safetensors(b"{" + b"x" * 100, tensors)


@add_weights("weight file whose header is nested a million deep")
def _(header, tensors):
    return safetensors(b'{"a":' * 1_000_000, tensors)


@add_weights("two tensors in one place")
def _(header, tensors):
    header["classifier.0.bias"]["data_offsets"] = header["classifier.0.weight"]["data_offsets"]
    return safetensors(header, tensors)


@add_weights("tensor of the wrong shape", "classifier.0.weight")
def _(header, tensors):
    header["classifier.0.weight"]["shape"].reverse()
    return safetensors(header, tensors)


@add_weights("tensor with more values than the file", "classifier.0.bias")
def _(header, tensors):
    header["classifier.0.bias"]["shape"] = [1 << 40, 1 << 40]
    return safetensors(header, tensors)


@add_weights("tensor with a negative size", "classifier.0.bias")
def _(header, tensors):
    header["classifier.0.bias"]["shape"] = [-19]
    return safetensors(header, tensors)


@add_weights("tensor that is missing", "stem.0.kernel")
def _(header, tensors):
    header["something.else"] = header.pop("stem.0.kernel")
    return safetensors(header, tensors)


@add_weights("weights of another network", "MinkUNet", "SPVCNN", kind="spvcnn", code=2)
def _(header, tensors):
    return safetensors(header, tensors)


@add_weights("weights that a class map of another length belongs to", "19", "13", code=2)
def _(header, tensors):
    header["__metadata__"]["siskin.class_map"] = "s3dis"
    return safetensors(header, tensors)


@add_weights("weights with a voxel size of zero", "voxel_size")
def _(header, tensors):
    header["__metadata__"]["siskin.voxel_size"] = "0"
    return safetensors(header, tensors)


@add_weights("pickle that would run a program", "posix.system", name="weights.pt")
def _(header, tensors):
    return torch_archive(running_pickle("was-run"))


@add_weights("pickle that grows to 2 to the power of 60 elements", name="weights.pt")
def _(header, tensors):
    return torch_archive(GROWING_PICKLE)


@add_weights("pickle nested 200 000 deep", "deep", name="weights.pt")
def _(header, tensors):
    return torch_archive(deep_pickle())


@add_weights("archive that ends in the middle", name="weights.pt")
def _(header, tensors):
    whole = torch_archive(running_pickle("was-run"))
    return whole[:len(whole) // 2]


@add_weights("text instead of weights", name="weights.pt")
def _(header, tensors):
    return b"<html>404 not found</html>"


@table.add("weight file that is not there", 3, "nowhere.pt", "no such")
def _(place):
    return place.evaluation(model=("--model", f"minkunet:{place.folder}/nowhere.pt"))


@table.add("folder where a weight file should be", 3, "weights.pt", "regular file")
def _(place):
    (place.folder / "weights.pt").mkdir()
    return place.evaluation(model=("--model", f"minkunet:{place.folder}/weights.pt"))


@table.add("named pipe as a weight file", 3, "weights.safetensors")
def _(place):
    os.mkfifo(place.folder / "weights.safetensors")
    return place.evaluation(model=("--model", f"minkunet:{place.folder}/weights.safetensors"))


@table.add("weight file that may not be read", 3, "weights.safetensors", "permission")
def _(place):
    path = place.write("weights.safetensors", DEMO_WEIGHTS.read_bytes())
    path.chmod(0)
    return Command(place.evaluation(model=("--model", f"minkunet:{path}")), as_owner())


def add_config(broken, *words, content):
    """A case with a broken net.config; `content` may be a function of the healthy dictionary."""
    def arrange(place):
        text = content(json.loads((DEMO / "spvnas-small.json").read_text())) if callable(content) else content
        path = place.write("net.config", text)
        return place.evaluation(model=("--model", f"spvnas:{DEMO / 'spvnas-small.safetensors'}:{path}"))
    table.add(broken, 2, "net.config", *words)(arrange)


def first_key_gone(config):
    del config[sorted(config)[0]]
    return json.dumps(config)


add_config("net.config that ends in the middle", content=lambda config: json.dumps(config)[:200])
add_config("net.config that is a list", content="[]")
add_config("net.config without one of its keys", content=first_key_gone)
add_config("net.config nested a million deep", content="[" * 1_000_000)
add_config("empty net.config", content="")


def add_class_map(broken, *words, content, code=2):
    def arrange(place):
        healthy = json.loads((DEMO.parent / "classmaps" / "semantickitti-spvnas.json").read_text())
        path = place.write("map.json", content(healthy) if callable(content) else content)
        return place.evaluation("--class-map", path)
    table.add(broken, code, "map.json", *words)(arrange)


def changed(**changes):
    return lambda class_map: json.dumps({**class_map, **changes})


def twice(class_map):
    classes = class_map["classes"]
    return json.dumps({**class_map, "classes": classes + classes[-1:]})


add_class_map("class map that ends in the middle", "JSON", content=lambda healthy: json.dumps(healthy)[:100])
add_class_map("class map of another format", "format", content=changed(format="something"))
add_class_map("class map with a class twice", content=twice)
add_class_map("class map with an unknown key", "surprise", content=changed(surprise=1))
add_class_map("class map without classes", "classes", content=changed(classes=[]))
add_class_map("class map nested a million deep", content="[" * 1_000_000)
add_class_map("class map with something deep in it", content=lambda healthy: json.dumps(healthy)[:-1] + ',"classes":' + "[" * 100_000 + "]" * 100_000 + "}")
add_class_map("class map with one key twice", "twice", content=lambda healthy: json.dumps(healthy)[:-1] + ',"name":"other"}')


# Folders of predictions

def predictions(place, change):
    """Evaluates predictions that are right but for what `change` does to the last file."""
    sequence = place.kitti()
    folder = place.folder / "predictions" / "sequences" / "08" / "predictions"
    folder.mkdir(parents=True)
    for label in (sequence / "labels").iterdir():
        (folder / label.name).write_bytes(label.read_bytes())
    change(folder / "000001.label")
    return place.evaluation(model=("--model", f"predictions:{place.folder / 'predictions'}"))


@table.add("folder of predictions without one of the files", 3, "000001.label")
def _(place):
    return predictions(place, lambda path: path.unlink())


@table.add("prediction with a point too few", 3, "000001.label", "points")
def _(place):
    return predictions(place, lambda path: path.write_bytes(path.read_bytes()[:-4]))


@table.add("prediction that ends in the middle of a label", 3, "000001.label")
def _(place):
    return predictions(place, lambda path: path.write_bytes(path.read_bytes()[:-1]))


@table.add("folder where a prediction should be", 3, "000001.label")
def _(place):
    return predictions(place, lambda path: (path.unlink(), path.mkdir()))


@table.add("named pipe as a prediction", 3, "000001.label")
def _(place):
    return predictions(place, lambda path: (path.unlink(), os.mkfifo(path)))


@table.add("folder of predictions that is not there", 3, "nowhere")
def _(place):
    return place.evaluation(model=("--model", f"predictions:{place.folder}/nowhere"))


@table.add("empty folder of predictions", 3, "empty")
def _(place):
    (place.folder / "empty").mkdir()
    return place.evaluation(model=("--model", f"predictions:{place.folder}/empty"))
