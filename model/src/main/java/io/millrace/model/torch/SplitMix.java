package io.millrace.model.torch;

/**
 * Random numbers as a pure function of a key and an index: SplitMix64 (Steele, Lea, Flood 2014,
 * "Fast splittable pseudorandom number generators"). The same on every machine.
 */
public final class SplitMix {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final long key;

    private SplitMix(long key) {
        this.key = key;
    }

    /** The numbers of a seed and a path of labels, unrelated to those of any other path. */
    public static SplitMix of(long seed, long... path) {
        long key = mix(seed + GAMMA);
        for (long label : path) {
            key = mix(key ^ mix(label + GAMMA));
        }
        return new SplitMix(key);
    }

    /** Number {@code index}: 64 uniform bits. */
    public long bits(long index) {
        return mix(key + (index + 1) * GAMMA);
    }

    /** Number {@code index}: uniform in [0, 1), 53 bits. */
    public double uniform(long index) {
        return (bits(index) >>> 11) * 0x1p-53;
    }

    /** Number {@code index}: standard normal, by Box and Muller's transform. */
    public double gaussian(long index) {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform(2 * index)));
        return radius * StrictMath.cos(2 * Math.PI * uniform(2 * index + 1));
    }

    /** A permutation of 0 to n - 1, by Fisher and Yates's shuffle. */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        for (int i = n - 1; i > 0; i--) {
            int j = (int) (uniform(i) * (i + 1));
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
