"""Greyscale JPEG files by OpenCV: stdin has a list of {width, height, quality, pixels}, stdout the files; bytes are base64."""
import base64
import json
import sys

import cv2
import numpy as np


def encode(case):
    pixels = np.frombuffer(base64.b64decode(case["pixels"]), np.uint8).reshape(case["height"], case["width"])
    return base64.b64encode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, case["quality"]])[1].tobytes()).decode()


print(json.dumps([encode(case) for case in json.load(sys.stdin)]))
