package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.ImageHeader.Coding;
import io.millrace.model.image.ImageHeader.Colour;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes JPEG, PNG, WebP and GIF (their first frame) and BMP to 8-bit RGB, as Pillow's {@code
 * convert("RGB")} does: alpha is dropped, EXIF orientation and colour profiles are ignored. 16-bit
 * samples keep their high byte (Pillow turns 16-bit grey to white).
 *
 * <p>No bytes make it throw. One per thread: readers and native handles are kept until it is
 * closed.
 */
public final class ImageDecoder implements AutoCloseable {

    private static final int KEPT = 1 << 20;
    private static final long MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final ImageLimits limits;
    private final JdkReader jpeg = new JdkReader("jpeg");
    private final JdkReader png = new JdkReader("png");
    private final boolean reusing;
    private byte[] pixels = {};
    private final @Nullable TurboJpeg turbo;
    private final @Nullable WebP webp;

    /** Decodes with what the system lends. */
    public ImageDecoder(ImageLimits limits) {
        this(limits, NativeCodecs.system());
    }

    /** Decodes with the given native codecs, which the system must have. */
    public ImageDecoder(ImageLimits limits, NativeCodecs codecs) {
        this(limits, codecs, false);
    }

    private ImageDecoder(ImageLimits limits, NativeCodecs codecs, boolean reusing) {
        this.limits = limits;
        this.reusing = reusing;
        turbo = codecs.jpeg() ? new TurboJpeg() : null;
        webp = codecs.webp() ? new WebP() : null;
    }

    /**
     * A decoder whose images are good until it decodes the next one: their memory is used again.
     */
    public static ImageDecoder reusing(ImageLimits limits, NativeCodecs codecs) {
        return new ImageDecoder(limits, codecs, true);
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

    @Override
    public void close() {
        if (turbo != null) {
            turbo.close();
        }
        if (webp != null) {
            webp.close();
        }
        for (JdkReader reader : List.of(jpeg, png)) {
            reader.close();
        }
    }

    private static ImageHeader header(Bytes bytes) throws RejectedException {
        ImageFormat format = ImageFormat.of(bytes);
        return switch (format) {
            case JPEG -> JpegParser.parse(bytes);
            case PNG -> PngParser.parse(bytes);
            case GIF -> GifParser.parse(bytes);
            case BMP -> BmpParser.parse(bytes);
            case WEBP -> WebpParser.parse(bytes);
            case UNKNOWN ->
                    throw new RejectedException(
                            Reason.NOT_AN_IMAGE,
                            "expected an image, got bytes that begin with " + bytes.beginning());
            default ->
                    throw new RejectedException(
                            Reason.UNSUPPORTED_FORMAT,
                            "expected JPEG, PNG, WebP, GIF or BMP, got " + format);
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
                || width * height > mostPixels(header)) {
            throw new RejectedException(
                    Reason.TOO_LARGE,
                    "expected at most "
                            + limits.maxSide()
                            + " pixels a side and "
                            + mostPixels(header)
                            + " in all, got "
                            + width
                            + "x"
                            + height);
        }
    }

    /** Fewer where pixels need more memory than those of eight bits a channel do. */
    private long mostPixels(ImageHeader header) {
        return Math.min(limits.maxPixels(), MAX_ARRAY / 4) * 4 / Math.max(4, header.pixelBytes());
    }

    private RgbImage pixels(ImageHeader header, byte[] encoded) throws RejectedException {
        RgbImage image;
        if (header instanceof ImageHeader.Jpeg file) {
            image = pixels(file, encoded);
        } else if (header instanceof ImageHeader.Png file) {
            image = RasterPixels.rgb(png.image(file.pixels()));
        } else if (header instanceof ImageHeader.Gif file) {
            image = GifPixels.rgb(encoded, file);
        } else if (header instanceof ImageHeader.Webp file) {
            image = pixels(file);
        } else if (header instanceof ImageHeader.Bmp file) {
            image = BmpPixels.rgb(encoded, file);
        } else {
            throw new IllegalStateException("no decoder for " + header);
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

    private RgbImage pixels(ImageHeader.Jpeg file, byte[] encoded) throws RejectedException {
        int width = (int) file.width();
        int height = (int) file.height();
        boolean ycck = file.colour() == Colour.YCCK;
        boolean four = ycck || file.colour() == Colour.CMYK;
        if (turbo == null) {
            return pixelsByTheJdk(file, encoded);
        }
        byte[] rgb =
                four
                        ? CmykPixels.rgb(turbo.components(file, encoded), width, height, ycck)
                        : turbo.rgb(file, encoded, target(3 * width * height));
        return new RgbImage(width, height, rgb);
    }

    private RgbImage pixelsByTheJdk(ImageHeader.Jpeg file, byte[] encoded)
            throws RejectedException {
        if (file.coding() != Coding.COMPLETE) {
            jpeg.renew();
        }
        byte[] pixels = file.pixels(encoded);
        Colour colour = file.colour();
        try {
            if (colour == Colour.CMYK || colour == Colour.YCCK) {
                JpegRows rows = new JpegRows(jpeg.raster(pixels), file.halved());
                return CmykPixels.rgb(rows, colour == Colour.YCCK);
            }
            if (file.halved() != 0) {
                JpegRows rows = new JpegRows(jpeg.raster(pixels), file.halved());
                return YccPixels.rgb(rows, colour == Colour.YCBCR);
            }
            return RasterPixels.rgb(jpeg.image(pixels));
        } catch (RejectedException e) {
            throw file.coding() == Coding.ARITHMETIC ? e.unsupported() : e;
        }
    }

    /** Memory for so many bytes; what one large image needed is not kept for small ones. */
    private byte[] target(int size) {
        if (!reusing) {
            return new byte[size];
        }
        if (pixels.length < size || pixels.length > Math.max(size, KEPT)) {
            pixels = new byte[size];
        }
        return pixels;
    }

    private RgbImage pixels(ImageHeader.Webp file) throws RejectedException {
        if (webp == null) {
            throw new RejectedException(
                    Reason.UNSUPPORTED_FORMAT,
                    "a WebP, which needs the system's libwebp; install it (libwebp7)");
        }
        ImageHeader.Webp.Place place = file.place();
        byte[] frame = webp.rgb(file.frame(), place.width(), place.height());
        int width = (int) file.width();
        int height = (int) file.height();
        if (place.width() == width && place.height() == height) {
            return new RgbImage(width, height, frame);
        }
        byte[] canvas = new byte[3 * width * height];
        for (int y = 0; y < place.height(); y++) {
            int to = 3 * ((place.top() + y) * width + place.left());
            System.arraycopy(frame, 3 * y * place.width(), canvas, to, 3 * place.width());
        }
        return new RgbImage(width, height, canvas);
    }
}
