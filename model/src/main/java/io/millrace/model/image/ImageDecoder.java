package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.ImageHeader.Colour;
import java.awt.image.Raster;

/**
 * Decodes JPEG, PNG, GIF (its first frame) and BMP to 8-bit RGB, as Pillow's {@code convert("RGB")}
 * does: alpha is dropped, EXIF orientation and colour profiles are ignored. 16-bit samples keep
 * their high byte (Pillow turns 16-bit grey to white).
 *
 * <p>No bytes make it throw. One per thread: readers and their native handles are kept.
 */
public final class ImageDecoder {

    private static final long MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final ImageLimits limits;
    private final JdkReader jpeg = new JdkReader("jpeg");
    private final JdkReader png = new JdkReader("png");
    private final JdkReader gif = new JdkReader("gif");
    private final JdkReader bmp = new JdkReader("bmp");

    public ImageDecoder(ImageLimits limits) {
        this.limits = limits;
    }

    public Decoding decode(byte[] encoded) {
        if (encoded.length == 0) {
            return new Decoding.Rejected(Reason.EMPTY, "expected an image, got 0 bytes");
        }
        if (encoded.length > limits.maxBytes()) {
            return new Decoding.Rejected(
                    Reason.TOO_MANY_BYTES,
                    "expected at most " + limits.maxBytes() + " bytes, got " + encoded.length);
        }
        try {
            Bytes bytes = new Bytes(encoded);
            ImageHeader header = header(bytes);
            requireWithinLimits(header);
            return new Decoding.Decoded(pixels(header, encoded));
        } catch (RejectedException e) {
            return e.rejected();
        }
    }

    private static ImageHeader header(Bytes bytes) throws RejectedException {
        ImageFormat format = ImageFormat.of(bytes);
        return switch (format) {
            case JPEG -> JpegParser.parse(bytes);
            case PNG -> PngParser.parse(bytes);
            case GIF -> GifParser.parse(bytes);
            case BMP -> BmpParser.parse(bytes);
            case UNKNOWN ->
                    throw new RejectedException(
                            Reason.NOT_AN_IMAGE,
                            "expected an image, got bytes that begin with " + bytes.beginning());
            default ->
                    throw new RejectedException(
                            Reason.UNSUPPORTED_FORMAT,
                            "expected JPEG, PNG, GIF or BMP, got " + format);
        };
    }

    private void requireWithinLimits(ImageHeader header) throws RejectedException {
        long width = header.width();
        long height = header.height();
        if (width < 1 || height < 1) {
            throw new RejectedException(
                    Reason.CORRUPT, "an image of " + width + "x" + height + " pixels");
        }
        if (width > limits.maxSide()
                || height > limits.maxSide()
                || width * height > Math.min(limits.maxPixels(), MAX_ARRAY / 4)) {
            throw new RejectedException(
                    Reason.TOO_LARGE,
                    "expected at most "
                            + limits.maxSide()
                            + " pixels a side and "
                            + limits.maxPixels()
                            + " in all, got "
                            + width
                            + "x"
                            + height);
        }
    }

    private RgbImage pixels(ImageHeader header, byte[] encoded) throws RejectedException {
        RgbImage image;
        if (header instanceof ImageHeader.Jpeg file) {
            image = pixels(file);
        } else if (header instanceof ImageHeader.Png file) {
            image = RasterPixels.rgb(png.image(file.pixels()));
        } else if (header instanceof ImageHeader.Gif file) {
            image = RasterPixels.onCanvas(gif.image(encoded), file);
        } else {
            image = RasterPixels.rgb(bmp.image(encoded));
        }
        if (image.width() != header.width() || image.height() != header.height()) {
            throw new RejectedException(
                    Reason.CORRUPT,
                    "the header says "
                            + header.width()
                            + "x"
                            + header.height()
                            + ", the pixels "
                            + image.width()
                            + "x"
                            + image.height());
        }
        return image;
    }

    private RgbImage pixels(ImageHeader.Jpeg file) throws RejectedException {
        if (file.colour() != Colour.CMYK && file.colour() != Colour.YCCK) {
            return RasterPixels.rgb(jpeg.image(file.pixels()));
        }
        Raster stored = jpeg.raster(file.pixels());
        return CmykPixels.rgb(stored, file.colour() == Colour.YCCK, file.inverted());
    }
}
