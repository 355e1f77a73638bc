package io.millrace.job.feed;

/** A sine by table, so that pictures are the same on every machine, and quick to draw. */
final class Sine {

    private static final int SIZE = 4096;
    private static final float[] TABLE = new float[SIZE];

    static {
        for (int i = 0; i < SIZE; i++) {
            TABLE[i] = (float) StrictMath.sin(2 * Math.PI * i / SIZE);
        }
    }

    private Sine() {}

    /** The sine of an angle in turns, -1 to 1. */
    static float of(float turns) {
        return TABLE[(int) StrictMath.floor(turns * SIZE) & (SIZE - 1)];
    }
}
