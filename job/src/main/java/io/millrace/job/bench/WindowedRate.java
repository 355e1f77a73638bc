package io.millrace.job.bench;

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
     * @throws IllegalArgumentException for fewer than two times
     */
    static WindowedRate of(List<Long> nanos, int stride, int window) {
        if (nanos.size() < 2) {
            throw new IllegalArgumentException(
                    "expected at least "
                            + 2 * stride
                            + " images for a rate, got fewer; give more sources or --epochs");
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
