package io.millrace.operators;

import java.io.Serializable;

/**
 * How much of what an augmenter reads may be unusable before the job has to fail.
 *
 * @param share of the last records, 0 to 1; at 1 anything may be
 * @param window how many records those are, in each subtask
 */
public record RejectionLimit(double share, int window) implements Serializable {

    /** Whatever comes, the job goes on. */
    public static final RejectionLimit NONE = new RejectionLimit(1, 1);

    public RejectionLimit {
        if (!(share >= 0 && share <= 1) || window < 1) {
            throw new IllegalArgumentException(
                    "a rejection limit needs a share of 0 to 1 and a window of 1 or more, got "
                            + share
                            + " of "
                            + window);
        }
    }

    /** The last records of one subtask, from none on. */
    Window start() {
        return new Window(this);
    }

    /** A ring of the last records' outcomes. */
    static final class Window {

        private final RejectionLimit limit;
        private final boolean[] rejected;
        private long seen;
        private int count;

        private Window(RejectionLimit limit) {
            this.limit = limit;
            rejected = new boolean[limit.window()];
        }

        /** Takes a record; returns whether the window is full and holds too many bad ones. */
        boolean exceedsAfter(boolean isRejected) {
            int at = (int) (seen++ % rejected.length);
            count += (isRejected ? 1 : 0) - (rejected[at] ? 1 : 0);
            rejected[at] = isRejected;
            return seen >= rejected.length && count > limit.share() * rejected.length;
        }

        int count() {
            return count;
        }
    }
}
