package io.millrace.job.bench;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast a measurement was as a whole, and in each stretch of the same number of images: while
 * others use the machine, some stretches are slow, and the fast ones say what it can do.
 *
 * @param whole images/s
 * @param windows images/s of each whole stretch, at least one
 */
record WindowedRate(double whole, List<Double> windows) {

    WindowedRate {
        windows = List.copyOf(windows);
    }

    /**
     * Returns the rates between times.
     *
     * @param nanos ascending
     * @param stride images from one time to the next
     * @param window images in a stretch; if there are fewer, the measurement is one stretch
     * @throws CommandFailure for fewer than two times
     */
    static WindowedRate of(List<Long> nanos, int stride, int window) {
        if (nanos.size() < 2) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    "expected at least %d images that can be decoded in each subtask, for a rate; give more sources or --epochs"
                            .formatted(2 * stride));
        }
        int last = nanos.size() - 1;
        double whole = rate(nanos, 0, last, stride);
        List<Double> windows = new ArrayList<>();
        int step = window / stride;
        for (int end = step; end <= last; end += step) {
            windows.add(rate(nanos, end - step, end, stride));
        }
        return new WindowedRate(whole, windows.isEmpty() ? List.of(whole) : windows);
    }

    private static double rate(List<Long> nanos, int from, int to, int stride) {
        return (to - from) * (double) stride * 1e9 / (nanos.get(to) - nanos.get(from));
    }
}
