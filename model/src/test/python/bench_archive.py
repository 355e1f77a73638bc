"""Makes the archive that the speed of augmentation is told by: 300 JPEGs of 500x375, as ImageNet's are on average.

    bench_archive.py PHOTOS.tar OUT.tar

Photographs of PHOTOS.tar, turned to landscape and resized, quality 90 and 4:2:0; uncompressed.
"""

import io
import sys
import tarfile

from PIL import Image

COUNT = 300


def main():
    source, out = sys.argv[1:]
    made = 0
    with tarfile.open(source) as photos, tarfile.open(out, "w") as archive:
        for member in photos:
            if not member.isfile() or made == COUNT:
                continue
            image = Image.open(io.BytesIO(photos.extractfile(member).read())).convert("RGB")
            if image.height > image.width:
                image = image.transpose(Image.Transpose.ROTATE_90)
            encoded = io.BytesIO()
            image.resize((500, 375), Image.Resampling.BICUBIC).save(encoded, "JPEG", quality=90)
            entry = tarfile.TarInfo(f"{made:03d}.jpg")
            entry.size = encoded.tell()
            encoded.seek(0)
            archive.addfile(entry, encoded)
            made += 1
    if made < COUNT:
        sys.exit(f"{source} has {made} photographs; {COUNT} are needed")


main()
