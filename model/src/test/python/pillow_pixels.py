"""Prints what Pillow makes of every file of an archive: file,outcome,width,height,sha256 of the RGB pixels.

The outcome is ok, open-error or load-error, as in image-robustness.csv. Usage: pillow_pixels.py ARCHIVE.tar
"""

import csv
import hashlib
import io
import sys
import tarfile
import warnings

from PIL import Image


def outcome(data):
    try:
        image = Image.open(io.BytesIO(data))
    except Exception:
        return "open-error", "", "", ""
    try:
        rgb = image.convert("RGB")
    except Exception:
        return "load-error", "", "", ""
    return "ok", rgb.width, rgb.height, hashlib.sha256(rgb.tobytes()).hexdigest()


def main():
    warnings.simplefilter("ignore")
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["file", "outcome", "width", "height", "sha256"])
    with tarfile.open(sys.argv[1]) as archive:
        for member in archive:
            if member.isfile():
                rows.writerow([member.name, *outcome(archive.extractfile(member).read())])


main()
