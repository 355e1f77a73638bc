package io.millrace.job.feed;

import java.util.Arrays;
import java.util.SplittableRandom;

/** A way in which a record of a real stream goes bad. */
enum Corruption {
    TRUNCATED {
        @Override
        byte[] apply(byte[] jpeg, SplittableRandom random) {
            return Arrays.copyOf(jpeg, jpeg.length - random.nextInt(40, jpeg.length / 3));
        }
    },
    GARBAGE {
        @Override
        byte[] apply(byte[] jpeg, SplittableRandom random) {
            byte[] noise = new byte[jpeg.length];
            random.nextBytes(noise);
            return noise;
        }
    },
    EMPTY {
        @Override
        byte[] apply(byte[] jpeg, SplittableRandom random) {
            return new byte[0];
        }
    },
    /** Claims 65,500 x 65,500 pixels, which would take 13 GB. */
    ABSURD_SIZE {
        @Override
        byte[] apply(byte[] jpeg, SplittableRandom random) {
            byte[] lie = jpeg.clone();
            int frame = startOfFrame(jpeg);
            for (int i = 5; i <= 7; i += 2) {
                lie[frame + i] = (byte) (65_500 >> 8);
                lie[frame + i + 1] = (byte) 65_500;
            }
            return lie;
        }
    };

    abstract byte[] apply(byte[] jpeg, SplittableRandom random);

    private static int startOfFrame(byte[] jpeg) {
        for (int i = 0; i + 8 < jpeg.length; i++) {
            if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
                return i;
            }
        }
        throw new IllegalArgumentException("expected a baseline JPEG, found no SOF0 marker");
    }
}
