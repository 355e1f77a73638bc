package io.millrace.model.image;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which decoders the system lends: libjpeg-turbo and libwebp, found by their names when they are
 * first asked for. JPEGs do without, more slowly; WebP doesn't.
 *
 * @param jpeg whether libjpeg-turbo is used
 * @param webp whether libwebp is used
 */
public record NativeCodecs(boolean jpeg, boolean webp) {

    /** The JDK's decoders alone. */
    public static final NativeCodecs NONE = new NativeCodecs(false, false);

    /** The system property that, set to {@code false}, leaves the system's libraries alone. */
    public static final String PROPERTY = "millrace.native-codecs";

    private static final Logger LOG = LoggerFactory.getLogger(NativeCodecs.class);

    /** What the system has, unless {@link #PROPERTY} says no; looked for, and logged, once. */
    public static NativeCodecs system() {
        if (System.getProperty(PROPERTY, "true").equals("false")) {
            LOG.info("image decoders: the JDK's alone, since {} is false", PROPERTY);
            return NONE;
        }
        return Found.CODECS;
    }

    /** Native code binds to a class once, and for good. */
    private static final class Found {

        static final NativeCodecs CODECS = find();

        private Found() {}

        private static NativeCodecs find() {
            boolean jpeg =
                    links(
                            "libjpeg-turbo",
                            List.of("libturbojpeg.so.0", "libturbojpeg.dylib"),
                            TurboJpeg::link);
            boolean webp = links("libwebp", List.of("libwebp.so.7", "libwebp.dylib"), WebP::link);
            LOG.info(
                    "image decoders: JPEG by {}, WebP {}, others by the JDK",
                    jpeg ? "libjpeg-turbo" : "the JDK",
                    webp ? "by libwebp " + WebP.version() : "rejected");
            return new NativeCodecs(jpeg, webp);
        }

        private static boolean links(
                String what, List<String> names, Consumer<NativeLibrary> link) {
            StringBuilder failures = new StringBuilder();
            for (String name : names) {
                try {
                    if (Native.POINTER_SIZE != 8 || Native.LONG_SIZE != 8) {
                        failures.append("no 64-bit system");
                        break;
                    }
                    link.accept(NativeLibrary.getInstance(name));
                    return true;
                } catch (LinkageError e) {
                    // The library, a function of it, or JNA's own native part is missing.
                    failures.append(name).append(": ").append(e.getMessage()).append("; ");
                }
            }
            LOG.info("{} is not used: {}", what, failures);
            return false;
        }
    }
}
