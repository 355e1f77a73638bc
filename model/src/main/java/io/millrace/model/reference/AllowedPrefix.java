package io.millrace.model.reference;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Scheme, host, port and folder that a reference may lie in.
 *
 * @param scheme {@code http}, {@code https} or {@code file}
 * @param host in lower case; empty for a file
 * @param port -1 for a file
 * @param path decoded, from slash to slash
 */
record AllowedPrefix(String scheme, String host, int port, String path) {

    private static final Set<String> SCHEMES = Set.of("http", "https", "file");

    /**
     * What servers and file systems may read as a way out of a folder: encoded slashes, backslashes
     * and dots, an encoded percent sign (decoded twice it may be any of them), control characters,
     * and segments of one or two dots, bare or before a parameter.
     */
    private static final Pattern TRICKS =
            Pattern.compile("(?i)%(2f|5c|2e|25|[01][0-9a-f]|7f)|(^|/)\\.{1,2}(;[^/]*)?(/|$)");

    AllowedPrefix {
        requireNonNull(scheme, "scheme");
        requireNonNull(host, "host");
        requireNonNull(path, "path");
    }

    /** Reads a prefix as it is set; fails with what is wrong with it. */
    static AllowedPrefix parse(String text) {
        try {
            URI uri = new URI(text);
            AllowedPrefix place = place(uri);
            if (uri.getRawQuery() != null || !place.path().endsWith("/")) {
                throw new IllegalArgumentException("it must end with a slash");
            }
            return place;
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "expected a prefix such as https://cdn.example.com/images/ or"
                            + " file:///data/photos/, got "
                            + text
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** Where a URI lies, its whole path included; fails with why that can't be said for sure. */
    static AllowedPrefix place(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!SCHEMES.contains(scheme)) {
            throw new IllegalArgumentException("its scheme must be http, https or file");
        }
        String raw = uri.getRawPath();
        if (raw == null || !raw.startsWith("/") || TRICKS.matcher(raw).find()) {
            throw new IllegalArgumentException(
                    "its path must be absolute, without . or .. and without encoded slashes, dots,"
                            + " percent signs or control characters");
        }
        if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("it must have neither a user nor a fragment");
        }
        if (scheme.equals("file")) {
            if (uri.getRawAuthority() != null || uri.getRawQuery() != null) {
                throw new IllegalArgumentException("a file has neither a host nor a query");
            }
            return new AllowedPrefix(scheme, "", -1, uri.getPath());
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("it must name a host");
        }
        int usual = scheme.equals("https") ? 443 : 80;
        int port = uri.getPort() == -1 ? usual : uri.getPort();
        return new AllowedPrefix(
                scheme, uri.getHost().toLowerCase(Locale.ROOT), port, uri.getPath());
    }

    boolean holds(AllowedPrefix place) {
        return scheme.equals(place.scheme)
                && host.equals(place.host)
                && port == place.port
                && place.path.startsWith(path)
                && place.path.length() > path.length();
    }
}
