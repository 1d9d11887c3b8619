"""Loads `autoencoder.h5` of a folder (standard input) with Keras alone, gives it the films of `films.bin` (bytes, one
channel) and prints what it makes of them, with what Keras knows of the model."""

import base64
import json
import os
import sys

import keras
import numpy as np

folder = sys.stdin.read()
model = keras.models.load_model(os.path.join(folder, "autoencoder.h5"), compile=False)
_, height, width, _ = model.input_shape
films = np.fromfile(os.path.join(folder, "films.bin"), dtype=np.uint8).reshape(-1, height, width, 1)
reconstruction = model.predict(np.repeat(films, 3, axis=3).astype(np.float32) / 255, verbose=0)
print(
    json.dumps(
        {
            "name": model.name,
            "parameters": model.count_params(),
            "trainable": sum(int(np.prod(weight.shape)) for weight in model.trainable_weights),
            "shape": reconstruction.shape,
            "reconstruction": base64.b64encode(reconstruction.tobytes()).decode(),
        }
    )
)
