"""Writes a small archive of images that are sound, cut off, or lie in their headers, and what Pillow makes of each.

The table has the columns of pillow_pixels.py. Usage: hostile_fixture.py OUT.tar
"""

import io
import pathlib
import random
import struct
import subprocess
import sys
import tarfile
import zlib

from PIL import Image


def picture():
    rng = random.Random(7)
    image = Image.new("RGB", (24, 16))
    image.putdata([(10 * (i % 24), 15 * (i // 24), rng.randrange(256)) for i in range(24 * 16)])
    return image


def encoded(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, data, *more):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def patched(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def files():
    rgb = picture()
    sound = {
        "jpeg": encoded(rgb, "JPEG", quality=90),
        "png": encoded(rgb, "PNG"),
        "gif": encoded(rgb.quantize(64), "GIF"),
        "bmp": encoded(rgb, "BMP"),
        "webp": encoded(rgb, "WEBP", lossless=True),
    }
    for form, data in sound.items():
        yield f"sound/rgb.{form}", data
        yield f"cut/half.{form}", data[: len(data) // 2]
        yield f"cut/head.{form}", data[:12]
    yield "sound/progressive.jpeg", encoded(rgb, "JPEG", progressive=True)
    yield "sound/gray.jpeg", encoded(rgb.convert("L"), "JPEG")
    yield "sound/cmyk.jpeg", encoded(rgb.convert("CMYK"), "JPEG")
    yield "sound/palette.png", encoded(rgb.quantize(16), "PNG")
    yield "sound/alpha.png", encoded(rgb.convert("RGBA"), "PNG")
    frame = sound["jpeg"].index(b"\xff\xc0") + 5
    yield "lie/65535.jpeg", patched(sound["jpeg"], frame, b"\xff\xff\xff\xff")
    yield "lie/no-height.jpeg", patched(sound["jpeg"], frame, b"\0\0")
    yield "lie/65535.gif", patched(sound["gif"], 6, b"\xff\xff\xff\xff")
    yield "lie/2147483647.bmp", patched(sound["bmp"], 18, struct.pack("<ii", 2**31 - 1, 2**31 - 1))
    yield "lie/16384.webp", patched(sound["webp"], 21, b"\xff\xff\xff\x0f")
    pixels = zlib.compress(b"\0" * (3 * 24 + 1) * 16)
    yield "lie/60000.png", png(60000, 60000, pixels)
    yield "lie/no-width.png", png(0, 16, pixels)
    yield "lie/wrong-crc.png", patched(png(24, 16, pixels), 29, b"\0\0\0\0")
    yield "lie/chunk-4g.png", patched(png(24, 16, pixels), 33, b"\xff\xff\xff\xff")
    yield "bomb/pixels.png", png(24, 16, zlib.compress(b"\0" * 20_000_000, 9))
    text = b"Comment\0\0" + zlib.compress(b"\0" * 20_000_000, 9)
    yield "bomb/text.png", png(24, 16, pixels, chunk(b"zTXt", text))
    yield "no-image/empty", b""
    yield "no-image/byte", b"\xff"
    yield "no-image/text", b"What follows is not an image.\n" * 20
    yield "no-image/jpeg-magic", b"\xff\xd8\xff" + random.Random(8).randbytes(2000)


def main():
    archive = pathlib.Path(sys.argv[1])
    with tarfile.open(archive, "w", format=tarfile.USTAR_FORMAT) as out:
        for name, data in files():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    script = pathlib.Path(__file__).with_name("pillow_pixels.py")
    table = subprocess.run([sys.executable, script, archive], check=True, capture_output=True).stdout
    archive.with_suffix(".csv").write_bytes(table)


main()
