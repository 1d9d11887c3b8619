"""Images/s of the study's autoencoder trained by a `tf.function` with Keras's layers and Adam. Standard input: JSON
{size, batch, seconds, threads}; standard output: JSON {imagesPerSecond}."""

import json
import math
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

job = json.load(sys.stdin)
tf.config.threading.set_intra_op_parallelism_threads(job["threads"])
size, batch = job["size"], job["batch"]

image = keras.Input((size, size, 1), dtype="uint8")
film = layers.Concatenate()([layers.Rescaling(1 / 255)(image)] * 3)
x = film
for filters in (32, 32, 32, 16):
    x = layers.Conv2D(filters, 4, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(negative_slope=0.3)(layers.MaxPooling2D(2, padding="same")(x))
shape = x.shape[1:]
x = layers.Dense(1200)(layers.Flatten()(x))
x = layers.Reshape(shape)(layers.Dense(math.prod(shape))(x))
for filters in (16, 32, 32):
    x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.Dropout(0.5)(layers.BatchNormalization(epsilon=1e-3)(x)))
x = layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(x)
surplus = x.shape[1] - size
margins = (surplus // 2, surplus - surplus // 2)
model = keras.Model(image, [layers.Cropping2D((margins, margins))(x), film])
adam = keras.optimizers.Adam(2e-4, beta_1=0.5)
adam.build(model.trainable_variables)


@tf.function
def train(films):
    with tf.GradientTape() as tape:
        reconstruction, original = model(films, training=True)
        loss = tf.reduce_mean(tf.abs(reconstruction - original))
    gradients = tape.gradient(loss, model.trainable_variables)
    adam.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


films = tf.constant(np.random.default_rng(1).integers(0, 256, (batch, size, size, 1), np.uint8))
for _ in range(2):
    train(films).numpy()
start = time.perf_counter()
steps = 0
while time.perf_counter() - start < job["seconds"]:
    train(films).numpy()
    steps += 1
print(json.dumps({"imagesPerSecond": steps * batch / (time.perf_counter() - start), "parameters": model.count_params()}))
