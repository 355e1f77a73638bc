package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

/**
 * One thing wrong with the settings, with its cure.
 *
 * @param key as typed
 * @param given the value as typed
 * @param origin where it was given: a preset, {@code file:line}, or the command line
 * @param expected completes "expected ..."
 * @param remedy a value that works, or what to write instead
 */
public record SettingsProblem(
        String key, String given, String origin, String expected, String remedy) {

    public SettingsProblem {
        requireNonNull(key, "key");
        requireNonNull(given, "given");
        requireNonNull(origin, "origin");
        requireNonNull(expected, "expected");
        requireNonNull(remedy, "remedy");
    }

    @Override
    public String toString() {
        String value = given.isEmpty() ? "" : " = " + given;
        return key + value + " (" + origin + "): expected " + expected + "; " + remedy;
    }
}
