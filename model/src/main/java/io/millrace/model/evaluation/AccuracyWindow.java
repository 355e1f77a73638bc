package io.millrace.model.evaluation;

/** How often the last so many answers were right. */
final class AccuracyWindow {

    private final byte[] hits; // a ring: 1 right, 0 wrong
    private long records;

    /**
     * An empty window.
     *
     * @param size answers that it covers
     */
    AccuracyWindow(int size) {
        hits = new byte[size];
    }

    /** A window that goes on where another stood; one of another size starts empty. */
    static AccuracyWindow restore(byte[] hits, long records, int size) {
        var window = new AccuracyWindow(size);
        if (hits.length == size) {
            window.records = records;
            System.arraycopy(hits, 0, window.hits, 0, size);
        }
        return window;
    }

    void count(boolean right) {
        hits[(int) (records % hits.length)] = (byte) (right ? 1 : 0);
        records++;
    }

    /** Fraction right, 0 to 1; 0 before the first answer. */
    double accuracy() {
        int filled = filled();
        int right = 0;
        for (int i = 0; i < filled; i++) {
            right += hits[i];
        }
        return filled == 0 ? 0 : (double) right / filled;
    }

    /** Answers that the accuracy covers now. */
    int filled() {
        return (int) Math.min(records, hits.length);
    }

    /** Answers ever counted. */
    long records() {
        return records;
    }

    /** A copy of the ring. */
    byte[] hits() {
        return hits.clone();
    }
}
