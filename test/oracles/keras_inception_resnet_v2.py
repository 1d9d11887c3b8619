"""Writes Keras's InceptionResNetV2(include_top=False) with seeded random weights into a folder (standard input), in the
two forms users have: `keras3.h5`, a whole model saved by Keras 3, and `official.h5`, named like the published weights.
Prints the sha256 of every weight, by kind of layer, in the order in which Keras created the layers, and what Keras
makes of the film of `film.bin` (bytes, 75 x 75)."""

import hashlib
import json
import os
import re
import sys

import h5py
import keras
import numpy as np

created = {"Conv2D": [], "BatchNormalization": []}
for kind in created:
    layer_class = getattr(keras.layers, kind)

    def recording(self, *args, made=created[kind], original=layer_class.__init__, **kwargs):
        original(self, *args, **kwargs)
        made.append(self)

    layer_class.__init__ = recording

model = keras.applications.InceptionResNetV2(include_top=False, weights=None, input_shape=(75, 75, 3))
random = np.random.default_rng(3)


def some(weight):
    """Such that neither the signal nor a weight's share in it vanishes on the way down."""
    values = random.standard_normal(weight.shape, dtype=np.float32)
    if len(weight.shape) == 4:
        return values * np.float32(np.sqrt(2 / np.prod(weight.shape[:3])))
    return 1 + np.abs(values) / 4 if "variance" in weight.name else values / 4


for layer in model.layers:
    layer.set_weights([some(weight) for weight in layer.weights])

folder = sys.stdin.read()
film = np.fromfile(os.path.join(folder, "film.bin"), dtype=np.uint8).reshape(1, 75, 75, 1)
scaled = keras.applications.inception_resnet_v2.preprocess_input(np.repeat(film, 3, axis=3).astype(np.float32))
features = np.asarray(model(scaled, training=False)).ravel()
model.save(os.path.join(folder, "keras3.h5"))


def official(name):
    """Keras 2 numbered from 1: conv2d is conv2d_1 there, conv2d_1 is conv2d_2."""
    match = re.fullmatch(r"(conv2d|batch_normalization|activation)(?:_(\d+))?", name)
    return name if match is None else f"{match[1]}_{int(match[2] or 0) + 1}"


with h5py.File(os.path.join(folder, "official.h5"), "w") as file:
    file.attrs["layer_names"] = [official(layer.name).encode() for layer in model.layers]
    for layer in model.layers:
        group = file.create_group(official(layer.name))
        names = [f"{official(layer.name)}/{weight.name}:0" for weight in layer.weights]
        group.attrs["weight_names"] = [name.encode() for name in names]
        for name, value in zip(names, layer.get_weights()):
            group.create_dataset(name, data=value)

print(
    json.dumps(
        {
            "weights": {
                kind: [[hashlib.sha256(weight.tobytes()).hexdigest() for weight in layer.get_weights()] for layer in layers]
                for kind, layers in created.items()
            },
            "features": features.tolist(),
        }
    )
)
