package io.millrace.job.probe;

import java.util.Arrays;

/** Rows of as many floats, gathered one batch after the other. */
final class Matrix {

    private float[] values = {};
    private int size;

    /** Adds whole rows, row-major. */
    void add(float[] rows) {
        int needed = Math.addExact(size, rows.length);
        if (needed > values.length) {
            long grown = Math.max(needed, values.length * 3L / 2);
            values = Arrays.copyOf(values, (int) Math.min(grown, Integer.MAX_VALUE - 8));
        }
        System.arraycopy(rows, 0, values, size, rows.length);
        size = needed;
    }

    /** All rows, row-major. */
    float[] values() {
        return Arrays.copyOf(values, size);
    }
}
