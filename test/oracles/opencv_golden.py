"""What OpenCV 5.0 makes of seeded pictures, as JSON: sha256 of the resized, the equalised and the flipped pixels.

Standard input: a JSON list of cases {width, height, size, clipLimit, tiles, seed}, answered by the same list with hashes.
Without input it makes the golden file:  .oracles/bin/python test/oracles/opencv_golden.py > test/golden/imaging/opencv.json
"""
import base64
import hashlib
import json
import sys

import cv2
import numpy as np


def noise(count, seed):
    """The same 32-bit numbers as seededPicture() in test/imaging/seeded-picture.ts."""
    with np.errstate(over="ignore"):
        h = np.arange(count, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(seed)
        h = (h ^ (h >> np.uint32(15))) * np.uint32(2246822519)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(3266489917)
    return h ^ (h >> np.uint32(16))


def picture(width, height, seed):
    """Odd seeds: even noise. Even seeds: broad bands with some noise, as films are."""
    grain = noise(width * height, seed).reshape(height, width)
    if seed % 2 == 1:
        return (grain >> np.uint32(24)).astype(np.uint8)
    y, x = np.mgrid[0:height, 0:width]
    wave = (5 * x + 3 * y + ((x * y) >> 5)) & 511
    band = np.where(wave < 256, wave, 511 - wave)
    return ((band * 3 >> 2) + (grain >> np.uint32(26))).astype(np.uint8)


def sha(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def answer(case):
    source = picture(case["width"], case["height"], case["seed"])
    resized = cv2.resize(source, (case["size"], case["size"]), interpolation=cv2.INTER_AREA)
    equalised = cv2.createCLAHE(case["clipLimit"], (case["tiles"], case["tiles"])).apply(resized)
    flips = {str(code): sha(cv2.flip(equalised, code)) for code in (-1, 0, 1)}
    return {**case, "resized": sha(resized), "equalised": sha(equalised), "flipped": flips}


def golden_cases():
    rows = []

    def add(width, height, size=299, clip=2.0, tiles=8):
        rows.append({"width": width, "height": height, "size": size, "clipLimit": clip, "tiles": tiles, "seed": len(rows) + 1})

    for width, height in [(320, 390), (390, 320), (320, 320), (317, 341)]:
        add(width, height)  # both axes shrink
    for width, height in [(270, 350), (286, 338), (299, 350), (270, 280), (100, 100), (150, 900)]:
        add(width, height)  # an axis grows or stays
    for across, down in [(1, 1), (2, 2), (3, 3), (2, 3), (1, 2), (4, 1), (7, 5)]:
        add(299 * across, 299 * down)  # whole factors
        add(64 * across, 64 * down, 64)
    add(1416, 1160)
    add(299, 598)
    for size in [32, 33, 37, 64, 96, 128, 150, 224, 256, 331, 512, 1024]:
        add(390, 320, size)
        add(size + 5, 2 * size + 1, size)
    for clip, tiles in [(0.01, 8), (1.0, 1), (3.3, 7), (40.0, 8), (100.0, 16), (2.0, 64), (2.0, 3)]:
        add(330, 360, 256, clip, tiles)
        add(330, 360, 299, clip, tiles)
    return rows


def golden_files():
    """Small pictures in files and what cvtColor(imread(COLOR), BGR2GRAY) reads from them."""
    colour = np.dstack([picture(40, 32, seed) for seed in (2, 4, 6)])
    grey = picture(40, 32, 8)
    deep = (noise(40 * 32, 9).reshape(32, 40) >> np.uint32(16)).astype(np.uint16)
    made = {
        "colour.jpg": cv2.imencode(".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, 80]),
        "progressive.jpg": cv2.imencode(".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
        "grey.jpg": cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 90]),
        "colour.png": cv2.imencode(".png", colour),
        "deep.png": cv2.imencode(".png", deep),
    }
    files = []
    for name, (_, encoded) in made.items():
        read = cv2.cvtColor(cv2.imdecode(encoded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2GRAY)
        files.append({"name": name, "base64": base64.b64encode(encoded).decode(), "width": 40, "height": 32, "grey": sha(read)})
    return files


def lines(items):
    return "[\n" + ",\n".join("    " + json.dumps(item) for item in items) + "\n  ]"


given = sys.stdin.read() if not sys.stdin.isatty() else ""
if given.strip():
    question = json.loads(given)
    if isinstance(question, dict):
        read = [cv2.imdecode(np.frombuffer(base64.b64decode(file), np.uint8), cv2.IMREAD_COLOR) for file in question["files"]]
        print(json.dumps([{"width": bgr.shape[1], "height": bgr.shape[0], "grey": sha(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY))} for bgr in read]))
    else:
        print(json.dumps([answer(case) for case in question]))
else:
    cases = [answer(case) for case in golden_cases()]
    print(f'{{\n  "opencv": "{cv2.__version__}",\n  "cases": {lines(cases)},\n  "files": {lines(golden_files())}\n}}')
