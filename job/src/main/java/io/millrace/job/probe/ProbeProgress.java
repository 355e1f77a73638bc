package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import io.millrace.job.console.Console;
import java.util.Locale;

/** Shows how far an evaluation is. */
public final class ProbeProgress {

    private static final int BAR = 24;

    private final Console console;

    public ProbeProgress(Console console) {
        this.console = requireNonNull(console, "console");
    }

    /** A listener for the features of a set. */
    FeaturePass.Listener extraction(String set) {
        long began = System.nanoTime();
        return (images, fraction) -> {
            double rate = images * 1e9 / Math.max(1, System.nanoTime() - began);
            console.update(
                    () ->
                            format(
                                    "features of %s  %s %3.0f %%  %,d images  %,.0f images/s",
                                    set, Console.bar(fraction, BAR), 100 * fraction, images, rate),
                    () ->
                            format(
                                    "phase=features set=%s progress=%.3f images=%d images_per_s=%.0f",
                                    set, fraction, images, rate));
        };
    }

    /**
     * Shows a part that counts.
     *
     * @param all 0 if nobody knows
     */
    void show(String phase, long done, long all) {
        String of = all == 0 ? "" : format(" of %,d", all);
        console.update(
                () -> format("%s  %,d%s", phase, done, of),
                () ->
                        format("phase=%s done=%d", phase.replaceAll("[^a-zA-Z]+", "-"), done)
                                + (all == 0 ? "" : " all=" + all));
    }

    /** Prints a sentence that stays. */
    public void say(String sentence) {
        console.print(sentence);
    }

    /** Leaves the last state standing. */
    void end() {
        console.end();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
