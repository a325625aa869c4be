"""Judges masked DICOM files: python dicom-judge.py manifest.json. Each entry of the manifest names a file before and after,
and by frame the boxes (left, top, right, bottom) that were covered. Prints what is wrong as JSON: pydicom reads the file
and, with GDCM, its frames; samples outside the boxes are the same as before, and inside they are one colour."""
import json
import sys
import warnings

import numpy
import pydicom
from pydicom.pixels import iter_pixels

warnings.simplefilter("ignore")


def frames(path):
    return [numpy.array(frame) for frame in iter_pixels(pydicom.dcmread(path, force=True), raw=True)]


def judge(entry):
    after = pydicom.dcmread(entry["after"])
    for element in after.iterall():
        element.value
    if "PixelData" not in after or not entry.get("pixels"):
        return None
    try:
        was = frames(entry["before"])
    except Exception:
        return None
    now = frames(entry["after"])
    if len(was) != len(now):
        return "another number of frames"
    lossy = entry.get("block", 0)
    for index, (old, new) in enumerate(zip(was, now)):
        if old.shape != new.shape:
            return "another size"
        covered = numpy.zeros(old.shape[:2], bool)
        for left, top, right, bottom in entry["boxes"][index] if index < len(entry["boxes"]) else []:
            inside = new[top:bottom, left:right]
            spread = numpy.ptp(inside.reshape(-1, *new.shape[2:]).astype(int), axis=0).max() if inside.size else 0
            if spread > (24 if lossy else 0):
                return f"frame {index}: a box is not one colour but spreads over {spread}"
            if lossy:
                # Decoders smooth shared chroma over one pixel beyond a block.
                left, top = max(0, left // lossy * lossy - 1), max(0, top // lossy * lossy - 1)
                right, bottom = -(-right // lossy) * lossy + 1, -(-bottom // lossy) * lossy + 1
            covered[top:bottom, left - entry.get("pair", 0) * (left % 2): right + entry.get("pair", 0) * (right % 2)] = True
        apart = numpy.abs(old.astype(numpy.int64) - new.astype(numpy.int64)) > entry.get("tolerance", 0)
        differs = apart if old.ndim == 2 else apart.any(axis=2)
        if (differs & ~covered).any():
            return f"frame {index}: {int((differs & ~covered).sum())} samples outside the boxes changed"
    return None


wrong = {}
for entry in json.load(open(sys.argv[1])):
    try:
        fault = judge(entry)
    except Exception as error:
        fault = f"{type(error).__name__}: {str(error)[:200]}"
    if fault:
        wrong[entry["name"]] = fault
print(json.dumps(wrong))
