"""Standard input: a safetensors file. Standard output: its metadata and tensors as JSON, read by the format's own library."""
import json
import sys
import tempfile

from safetensors import safe_open

with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
    file.write(sys.stdin.buffer.read())
    file.flush()
    with safe_open(file.name, framework="numpy") as opened:
        tensors = {name: opened.get_tensor(name) for name in opened.keys()}
        json.dump(
            {
                "metadata": opened.metadata(),
                "tensors": {name: {"shape": list(t.shape), "values": t.ravel().tolist()} for name, t in tensors.items()},
            },
            sys.stdout,
        )
