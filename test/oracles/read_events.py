"""Standard input: a TensorBoard event file. Standard output: its scalars and pictures as JSON, read by TensorFlow."""
import json
import sys
import tempfile

import tensorflow as tf

with tempfile.NamedTemporaryFile(suffix=".tfevents") as file:
    file.write(sys.stdin.buffer.read())
    file.flush()
    found = []
    for event in tf.compat.v1.train.summary_iterator(file.name):
        for value in event.summary.value:
            entry = {"step": event.step, "tag": value.tag}
            if value.HasField("image"):
                picture = tf.io.decode_image(value.image.encoded_image_string).numpy()
                entry |= {"height": value.image.height, "width": value.image.width, "picture": picture.ravel().tolist()}
            else:
                entry |= {"value": value.simple_value}
            found.append(entry)
    json.dump(found, sys.stdout)
