package io.millrace.model.augment;

import io.millrace.model.stream.Position;
import java.nio.charset.StandardCharsets;

/**
 * Random numbers of one view: the i-th is mix64(key + i * gamma), as in SplitMix64 (Steele, Lea and
 * Flood 2014), so each can be had without the others.
 */
record Draws(long key) {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    /** The numbers of a view, from where its image was read and nothing else. */
    static Draws of(long seed, long topic, Position position, int view) {
        long key = mix64(seed + GAMMA);
        key = mix64(key ^ topic);
        key = mix64(key ^ position.partition());
        key = mix64(key ^ position.offset());
        key = mix64(key ^ position.epoch());
        return new Draws(mix64(key ^ view));
    }

    /** FNV-1a of the name's UTF-8 bytes, 64 bits. */
    static long topic(String name) {
        long hash = FNV_OFFSET;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /** Uniform in [0, 1), 53 bits. */
    double uniform(int slot) {
        return (mix64(key + slot * GAMMA) >>> 11) * 0x1p-53;
    }

    /** Uniform in [low, high). */
    double uniform(int slot, double low, double high) {
        return low + uniform(slot) * (high - low);
    }

    /** Uniform among 0 to bound - 1. */
    int below(int slot, int bound) {
        return (int) (uniform(slot) * bound);
    }

    /** True with the given probability. */
    boolean happens(int slot, double probability) {
        return uniform(slot) < probability;
    }

    private static long mix64(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
