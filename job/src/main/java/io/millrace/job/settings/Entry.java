package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

/**
 * One key as a source gives it.
 *
 * @param origin where it was written, for people
 * @param rank precedence of the source: the larger wins
 */
record Entry(String key, String value, String origin, int rank) {

    Entry {
        requireNonNull(key, "key");
        requireNonNull(value, "value");
        requireNonNull(origin, "origin");
    }
}
