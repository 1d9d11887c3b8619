"""TensorFlow reads the record and event files that standard input names, and writes a record file of its own.

In:  {"records", "events", "write"}: paths.
Out: {"records": [{name: hex}], "events": [{wallTime, step, fileVersion, values}]}.
"""
import json
import sys

import tensorflow as tf
from tensorflow.python.summary.summary_iterator import summary_iterator

paths = json.load(sys.stdin)
names = ["image", "label", "classname", "labels", "patient", "path"]
spec = {name: tf.io.FixedLenFeature([], tf.string) for name in names}


def value_of(value):
    if value.HasField("image"):
        image = value.image
        pixels = tf.io.decode_image(image.encoded_image_string).numpy()
        return {"tag": value.tag, "image": [image.height, image.width, image.colorspace], "pixels": pixels.flatten().tolist()}
    return {"tag": value.tag, "scalar": value.simple_value}


records = [
    {name: tensor.numpy().hex() for name, tensor in tf.io.parse_single_example(record, spec).items()}
    for record in tf.data.TFRecordDataset(paths["records"])
]
events = [
    {
        "wallTime": event.wall_time,
        "step": event.step,
        "fileVersion": event.file_version,
        "values": [value_of(value) for value in event.summary.value],
    }
    for event in summary_iterator(paths["events"])
]


def feature(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


with tf.io.TFRecordWriter(paths["write"]) as writer:
    for length in [0, 1, 130, 40000]:
        features = {"image": feature(bytes(i % 251 for i in range(length))), "classname": feature("Ödem".encode())}
        writer.write(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())

json.dump({"records": records, "events": events}, sys.stdout)
