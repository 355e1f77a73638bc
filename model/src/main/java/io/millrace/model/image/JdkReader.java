package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;

/** The JDK's own reader of one format, looked up once, renewed after it failed. */
final class JdkReader {

    private static final String JDK_PLUGINS = "com.sun.imageio.plugins.";

    private final String format;
    private @Nullable ImageReader reader;
    private boolean truncated;

    /** What to ask of the reader. */
    @FunctionalInterface
    private interface Call<T> {
        T on(ImageReader reader) throws IOException;
    }

    JdkReader(String format) {
        this.format = format;
    }

    BufferedImage image(byte[] encoded) throws RejectedException {
        return read(encoded, reader -> reader.read(0));
    }

    /** Components as they are stored, without any conversion of colour. */
    Raster raster(byte[] encoded) throws RejectedException {
        return read(encoded, reader -> reader.readRaster(0, null));
    }

    private <T> T read(byte[] encoded, Call<T> call) throws RejectedException {
        ImageReader ready = reader == null ? create() : reader;
        reader = ready;
        truncated = false;
        T result;
        try {
            ready.setInput(new ByteArrayImageInputStream(encoded), true, true);
            result = call.on(ready);
            ready.setInput(null);
        } catch (IOException | RuntimeException e) {
            // Readers let any runtime exception out on malformed bytes, and keep broken state.
            ready.dispose();
            reader = null;
            throw new RejectedException(Reason.CORRUPT, format + " reader: " + e);
        }
        if (truncated) {
            throw new RejectedException(
                    Reason.TRUNCATED, "the " + format + " ends before its pixels do");
        }
        return result;
    }

    /** Forgets what earlier files defined. */
    void renew() {
        close();
    }

    void close() {
        if (reader != null) {
            reader.dispose();
            reader = null;
        }
    }

    private ImageReader create() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader candidate = readers.next();
            if (candidate.getClass().getName().startsWith(JDK_PLUGINS)) {
                // The JPEG reader fills in what is missing, and says so here only.
                candidate.addIIOReadWarningListener(
                        (source, warning) -> truncated |= warning.startsWith("Truncated"));
                return candidate;
            }
        }
        throw new IllegalStateException(
                "this Java has no "
                        + format
                        + " reader; run on a JDK or JRE with the module java.desktop");
    }
}
