"""Tensors of the element types that the dialect knows, bf16 included, and files of them."""

import json
import struct

import numpy as np

# Element type in MLIR: (numpy type of its bits, name in safetensors files, whose bf16 numpy's own loader refuses).
ELEMENTS = {
    "f64": (np.float64, "F64"),
    "f32": (np.float32, "F32"),
    "f16": (np.float16, "F16"),
    "bf16": (np.uint16, "BF16"),
    "i32": (np.int32, "I32"),
    "i64": (np.int64, "I64"),
}


def round_to_bf16(values):
    """The upper halves of `values` as f32, rounded to nearest even; NaN stays NaN."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32).astype(np.uint64)
    rounded = (bits + 0x7FFF + ((bits >> np.uint64(16)) & np.uint64(1))) >> np.uint64(16)
    return np.where(np.isnan(values), 0x7FC0, rounded).astype(np.uint16)


class Tensor:
    """An element type and an array of bits: numpy's own type, or uint16 for bf16."""

    def __init__(self, element, bits):
        self.element = element
        self.bits = np.ascontiguousarray(bits, dtype=ELEMENTS[element][0])

    @classmethod
    def of(cls, element, values):
        """`values` rounded to `element`."""
        values = np.asarray(values)
        with np.errstate(over="ignore"):
            return cls(element, round_to_bf16(values) if element == "bf16" else values.astype(ELEMENTS[element][0]))

    @property
    def shape(self):
        return self.bits.shape

    @property
    def values(self):
        """The elements as f64 (integers as they are)."""
        if self.element == "bf16":
            return (self.bits.astype(np.uint32) << np.uint32(16)).view(np.float32).astype(np.float64)
        return self.bits if self.element[0] == "i" else self.bits.astype(np.float64)

    def map(self, change):
        """The tensor whose bits are `change` of these: for slices, permutations and the like."""
        return Tensor(self.element, change(self.bits))

    def same_bits(self, other):
        alike = self.element == other.element and self.shape == other.shape
        return alike and self.bits.tobytes() == other.bits.tobytes()


def save(path, tensors):
    """Writes the tensors of a dictionary to a safetensors file."""
    header, offset = {}, 0
    for name, tensor in tensors.items():
        end = offset + tensor.bits.nbytes
        header[name] = {"dtype": ELEMENTS[tensor.element][1], "shape": tensor.shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.bits.tobytes())


def load(path):
    """Reads a safetensors file to a dictionary of tensors."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    elements = {name: element for element, (_, name) in ELEMENTS.items()}
    tensors = {}
    for name, entry in header.items():
        element, (begin, end) = elements[entry["dtype"]], entry["data_offsets"]
        bits = np.frombuffer(data[begin:end], dtype=ELEMENTS[element][0])
        tensors[name] = Tensor(element, bits.reshape(entry["shape"]))
    return tensors
