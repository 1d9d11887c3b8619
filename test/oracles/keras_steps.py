"""Trains network descriptions (src/models/network.ts, as JSON on standard input) with Keras layers, losses and Adam.

Input, a list of:  {network, weights: {name: {shape, values}}, feeds: {name: {shape, values}}, seed, adam, steps, outputs: [name]}
Output, a list of: {losses: [{node: value}] before each step, gradients and weights: {name: values} of the first step and after the
last, evaluated: {node: value} and predicted: {name: values} after the last}. Values are base64 of little-endian float32.
"""
import base64
import json
import sys

import keras
import numpy as np
import tensorflow as tf


def decode(tensor):
    return np.frombuffer(base64.b64decode(tensor["values"]), "<f4").reshape(tensor["shape"])


def encode(values):
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


def keras_layer(node):
    o = node["operation"]
    kernel = next((w["shape"] for w in node["weights"] if w["name"].startswith("kernel")), None)
    match o["kind"]:
        case "conv2d":
            return keras.layers.Conv2D(kernel[3], kernel[:2], o["strides"], o["padding"], use_bias=o["bias"])
        case "conv2dTranspose":
            return keras.layers.Conv2DTranspose(kernel[2], kernel[:2], o["strides"], "same", use_bias=o["bias"])
        case "dense":
            return keras.layers.Dense(kernel[1], use_bias=o["bias"])
        case "batchNorm":
            return keras.layers.BatchNormalization(epsilon=o["epsilon"], scale=o["scale"])
        case "maxPool2d":
            return keras.layers.MaxPooling2D(o["size"], o["strides"], o["padding"])
        case "averagePool2d":
            return keras.layers.AveragePooling2D(o["size"], o["strides"], o["padding"])
        case "leakyRelu":
            return keras.layers.LeakyReLU(o["slope"])
        case "crop":
            return keras.layers.Cropping2D(((o["top"], o["bottom"]), (o["left"], o["right"])))
        case "flatten":
            return keras.layers.Flatten()
        case "reshape":
            return keras.layers.Reshape(node["shape"])
        case "concat":
            return keras.layers.Concatenate()
        case "relu" | "tanh" | "sigmoid" | "softmax":
            return keras.layers.Activation(o["kind"])
    return None


class Oracle:
    def __init__(self, job):
        self.job = job
        self.nodes = job["network"]["nodes"]
        self.layers = {node["name"]: keras_layer(node) for node in self.nodes}
        self.updates = 0

    def mask(self, node, shape):
        """Keras's inverted dropout with TensorFlow's own stateless numbers."""
        o = node["operation"]
        key = tf.constant([self.job["seed"]], tf.uint64)
        counter = tf.constant([self.updates * 2**32, o["stream"]], tf.uint64)
        numbers = tf.raw_ops.StatelessRandomUniformV2(shape=shape, key=key, counter=counter, alg=1)
        return tf.where(numbers >= o["rate"], 1 / (1 - o["rate"]), 0.0)

    def run_node(self, node, x, training):
        o = node["operation"]
        layer = self.layers[node["name"]]
        match o["kind"]:
            case "affine":
                return x[0] * o["scale"] + o["offset"]
            case "repeatChannels":
                return tf.repeat(x[0], o["times"], axis=-1)
            case "dense":
                return layer(tf.concat(x, -1))
            case "concat":
                return layer(x)
            case "batchNorm":
                n = self.updates
                layer.momentum = min(0.99, (1 + n) / (10 + n)) if o["momentum"] == "ramp" else o["momentum"]
                return layer(x[0], training=training and any(w["trainable"] for w in node["weights"]))
            case "dropout":
                return x[0] * self.mask(node, tf.shape(x[0])) if training else x[0]
            case "addScaled":
                return x[0] + o["scale"] * x[1]
            case "junction":
                return tf.cast(tf.cast(x[0], tf.float16), tf.float32)
            case "subtract":
                return x[0] - x[1]
            case "junction":
                return tf.stop_gradient(tf.cast(tf.cast(x[0], tf.float16), tf.float32))
            case "meanAbsoluteError":
                return tf.reduce_mean(keras.losses.mean_absolute_error(x[1], x[0]))
            case "meanSquaredError":
                return tf.reduce_mean(keras.losses.mean_squared_error(x[1], x[0]))
            case "binaryCrossEntropy":
                entropy = keras.ops.binary_crossentropy(x[1], x[0], from_logits=True)
                return tf.math.divide_no_nan(tf.reduce_sum(entropy * x[2]), tf.reduce_sum(x[2]))
            case "categoricalCrossEntropy":
                entropy = keras.ops.categorical_crossentropy(x[1], x[0], from_logits=True)
                return tf.math.divide_no_nan(tf.reduce_sum(entropy * x[2][:, 0]), tf.reduce_sum(x[2]))
        return layer(x[0])

    def forward(self, training):
        values = {}
        for node in self.nodes:
            if node["operation"]["kind"] == "input":
                if node["name"] in self.job["feeds"]:
                    values[node["name"]] = tf.constant(decode(self.job["feeds"][node["name"]]))
            elif all(name in values for name in node["inputs"]):
                values[node["name"]] = self.run_node(node, [values[name] for name in node["inputs"]], training)
        return values

    def variables(self):
        """(names, Keras variable): several names where a split sum is one Keras kernel."""
        for node in self.nodes:
            names = [w["name"] for w in node["weights"]]
            kernels = [name for name in names if name.startswith("kernel_")]
            if kernels:
                yield [f"{node['name']}/{name}" for name in kernels], self.layers[node["name"]].kernel
            for name in names:
                if name not in kernels:
                    variable = getattr(self.layers[node["name"]], name)
                    yield [f"{node['name']}/{name}"], variable

    def read(self, names, values):
        """Splits a Keras value over the names it stands for, by rows."""
        rows = [self.job["weights"][name]["shape"][0] if self.job["weights"][name]["shape"] else 1 for name in names]
        parts = np.split(np.asarray(values), np.cumsum(rows)[:-1]) if len(names) > 1 else [np.asarray(values)]
        return {name: encode(part) for name, part in zip(names, parts)}


def answer(job):
    oracle = Oracle(job)
    oracle.forward(training=False)  # Builds the layers.
    trainable = {f"{n['name']}/{w['name']}" for n in oracle.nodes for w in n["weights"] if w["trainable"]}
    for names, variable in oracle.variables():
        variable.assign(np.concatenate([decode(job["weights"][name]) for name in names]))
    pairs = [(names, variable) for names, variable in oracle.variables() if names[0] in trainable]
    losses_of = [job["network"]["objective"], *job["network"]["metrics"]]
    result = {"losses": [], "gradients": {}, "weights": {}}
    adam = job["adam"]
    optimiser = keras.optimizers.Adam(adam["learningRate"], adam["beta1"], adam["beta2"], adam["epsilon"])
    optimiser.build([variable for _, variable in pairs])
    for step in range(job["steps"]):
        with tf.GradientTape() as tape:
            values = oracle.forward(training=True)
            objective = values[job["network"]["objective"]]
        gradients = tape.gradient(objective, [variable.value for _, variable in pairs])
        if step == 0:
            for (names, _), gradient in zip(pairs, gradients):
                result["gradients"] |= oracle.read(names, gradient)
        optimiser.apply(gradients, [variable for _, variable in pairs])
        result["losses"].append({name: float(values[name]) for name in losses_of})
        oracle.updates += 1
    for names, variable in oracle.variables():
        result["weights"] |= oracle.read(names, variable.value)
    values = oracle.forward(training=False)
    result["evaluated"] = {name: float(values[name]) for name in losses_of}
    result["predicted"] = {name: encode(values[name]) for name in job["outputs"]}
    return result


json.dump([answer(job) for job in json.load(sys.stdin)], sys.stdout)
