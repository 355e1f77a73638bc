package io.millrace.model.moco;

/** Labels that keep the random numbers of one seed apart. */
final class Streams {

    static final long QUEUE = 1L << 32;
    static final long KEY_ORDER = 2L << 32;
    static final long BANK = 3L << 32;
    static final long SAMPLE = 4L << 32;

    private Streams() {}
}
