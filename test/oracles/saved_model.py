"""Loads SavedModels with TensorFlow and calls them. Standard input: JSON [{folder, film: [base64 float32, shape], output}]
for each; standard output: JSON list of base64 float32."""

import base64
import json
import sys

import numpy as np
import tensorflow as tf

answers = []
for job in json.load(sys.stdin):
    film = np.frombuffer(base64.b64decode(job["film"]), np.float32).reshape(job["shape"])
    model = tf.saved_model.load(job["folder"])
    values = model.signatures["serving_default"](film=tf.constant(film))[job["output"]]
    answers.append(base64.b64encode(values.numpy().astype("<f4").tobytes()).decode())
print(json.dumps(answers))
