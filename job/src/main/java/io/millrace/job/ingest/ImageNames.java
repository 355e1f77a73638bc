package io.millrace.job.ingest;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a file's name says about it. */
final class ImageNames {

    private static final Set<String> EXTENSIONS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff");

    private ImageNames() {}

    /** Whether it is to be taken for an image: by its extension, and not hidden. */
    static boolean isImage(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return !name.startsWith(".")
                && dot >= 0
                && EXTENSIONS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /** The folder that the file lies in, which is its class by custom; null at the top. */
    static @Nullable String label(String path) {
        int end = path.lastIndexOf('/');
        return end <= 0 ? null : path.substring(path.lastIndexOf('/', end - 1) + 1, end);
    }

    /** Without a leading "./". */
    static String plain(String path) {
        return path.startsWith("./") ? path.substring(2) : path;
    }
}
