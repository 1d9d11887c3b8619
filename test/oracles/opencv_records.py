"""Films a second that OpenCV and TensorFlow's own writer turn into records with argv[1] processes.

python opencv_records.py PROCESSES MODE SINK FILMS OUT, where MODE is Materialise (four flips) or OnRead (none); SINK is
records (the TFRecord files of a preprocess step: `all`, and one of each observation) or files (one JPEG a picture); FILMS
is a file with a line `path<TAB>patient<TAB>labels as 14 digits<TAB>positives, by commas` for each film; OUT is a folder.
The clock runs from when all processes have loaded their libraries and made one film until all have closed their files.
"""
import multiprocessing
import os
import pathlib
import sys
import time

import cv2
import numpy as np

flips = [-1, 0, 1]


def prepare(path, clahe, mode):
    grey = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
    square = clahe.apply(cv2.resize(grey, (299, 299), interpolation=cv2.INTER_AREA))
    squares = [square] + [cv2.flip(square, code) for code in flips] if mode == "Materialise" else [square]
    return [cv2.imencode(".jpg", one, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes() for one in squares]


def recorder(out, share):
    import tensorflow as tf

    writers = {}

    def feature(value):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    def add(name, features):
        if name not in writers:
            writers[name] = tf.io.TFRecordWriter(str(out / f"{name}_{share}"))
        example = tf.train.Example(features=tf.train.Features(feature={key: feature(value) for key, value in features.items()}))
        writers[name].write(example.SerializeToString())

    def record(pictures, patient, path, labels, positives):
        for picture in pictures:
            first = positives[0] if positives else ""
            label = {"label": str(labels.index(1) if positives else -1).encode(), "classname": first.encode()}
            add("all", {"image": picture, **label, "labels": bytes(labels), "patient": patient.encode(), "path": path.encode()})
            for observation, number in zip(positives, (at for at, value in enumerate(labels) if value == 1)):
                add(observation, {"image": picture, "label": str(number).encode(), "classname": observation.encode()})

    def close():
        for name, writer in writers.items():
            writer.close()
            # To the disk, as a preprocess step does before it says that a shard is there.
            with open(out / f"{name}_{share}", "rb") as file:
                os.fsync(file.fileno())

    return record, close


def filer(out, share):
    made = 0

    def record(pictures, patient, path, labels, positives):
        nonlocal made
        for picture in pictures:
            (out / f"{share}-{made}.jpg").write_bytes(picture)
            made += 1

    return record, lambda: None


def work(share, of, mode, sink, rows, out, meet):
    cv2.setNumThreads(1)
    clahe = cv2.createCLAHE(2.0, (8, 8))
    warm, close = (recorder if sink == "records" else filer)(out, f"warm{share}")
    warm(prepare(rows[0][0], clahe, mode), *rows[0][1:2], rows[0][0], *rows[0][2:])
    close()
    record, close = (recorder if sink == "records" else filer)(out, share)
    meet.wait()
    for path, patient, labels, positives in rows[share::of]:
        record(prepare(path, clahe, mode), patient, path, labels, positives)
    close()
    meet.wait()


def main():
    processes, mode, sink, films, out = int(sys.argv[1]), *sys.argv[2:4], sys.argv[4], pathlib.Path(sys.argv[5])
    out.mkdir()
    rows = []
    for line in pathlib.Path(films).read_text().splitlines():
        path, patient, labels, positives = line.split("\t")
        rows.append((path, patient, [int(digit) for digit in labels], [name for name in positives.split(",") if name]))
    # Not forked: TensorFlow's threads would not survive it.
    context = multiprocessing.get_context("spawn")
    meet = context.Barrier(processes + 1)
    workers = [context.Process(target=work, args=(share, processes, mode, sink, rows, out, meet)) for share in range(processes)]
    for worker in workers:
        worker.start()
    meet.wait()
    start = time.perf_counter()
    meet.wait()
    seconds = time.perf_counter() - start
    for worker in workers:
        worker.join()
    if any(worker.exitcode != 0 for worker in workers):
        sys.exit(1)
    print(len(rows) / seconds)


if __name__ == "__main__":
    main()
