package io.millrace.connectors.replay;

import io.millrace.model.torch.SplitMix;

/**
 * A pseudo-random permutation of 0 to n - 1 that computes any place on its own: a Feistel network
 * on the smallest even number of bits that holds n, walked along its cycles until the value is
 * below n (Black and Rogaway 2002, "Ciphers with arbitrary finite domains"). For shuffling, not for
 * secrecy.
 */
final class KeyedPermutation {

    private static final int ROUNDS = 6;

    private final long size;
    private final SplitMix key;
    private final int halfBits;
    private final long halfMask;

    /**
     * @param size n, 1 to 2^62
     */
    KeyedPermutation(long size, SplitMix key) {
        if (size < 1 || size > 1L << 62) {
            throw new IllegalArgumentException("expected a size of 1 to 2^62, got " + size);
        }
        this.size = size;
        this.key = key;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(size - 1);
        halfBits = Math.max(1, (bits + 1) / 2);
        halfMask = (1L << halfBits) - 1;
    }

    /**
     * The value at a place.
     *
     * @param place 0 to n - 1
     */
    long at(long place) {
        if (place < 0 || place >= size) {
            throw new IndexOutOfBoundsException("place " + place + " of " + size);
        }
        long value = place;
        do {
            value = encrypt(value);
        } while (value >= size);
        return value;
    }

    private long encrypt(long value) {
        long left = value >>> halfBits;
        long right = value & halfMask;
        for (int round = 0; round < ROUNDS; round++) {
            long mixed = left ^ (key.bits(right * ROUNDS + round) & halfMask);
            left = right;
            right = mixed;
        }
        return left << halfBits | right;
    }
}
