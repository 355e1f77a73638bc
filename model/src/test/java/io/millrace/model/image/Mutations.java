package io.millrace.model.image;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Files made from valid ones by the accidents and tricks that a decoder meets; by seed. */
final class Mutations {

    private final List<byte[]> files;

    Mutations(List<byte[]> files) {
        this.files = List.copyOf(files);
    }

    /** The same file for the same seed. */
    byte[] file(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        byte[] file = files.get(random.nextInt(files.size())).clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && file.length > 0; i++) {
            file = changed(file, random);
        }
        return file;
    }

    private byte[] changed(byte[] file, Random random) {
        // Half of all changes hit the headers, where there is most to break.
        int range = random.nextBoolean() ? Math.min(file.length, 700) : file.length;
        int at = random.nextInt(range);
        int count = Math.min(file.length - at, 1 + random.nextInt(40));
        switch (random.nextInt(8)) {
            case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> file[at] = (byte) random.nextInt(256);
            case 2 -> file[at] = (byte) (random.nextBoolean() ? 0xff : 0);
            case 3 -> Arrays.fill(file, at, at + count, (byte) random.nextInt(256));
            case 4 -> {
                return Arrays.copyOf(file, at);
            }
            case 5 -> {
                byte[] shorter = Arrays.copyOf(file, file.length - count);
                System.arraycopy(file, at + count, shorter, at, file.length - at - count);
                return shorter;
            }
            case 6 -> {
                byte[] longer = Arrays.copyOf(file, file.length + count);
                System.arraycopy(file, at, longer, at + count, file.length - at);
                return longer;
            }
            default -> {
                byte[] other = files.get(random.nextInt(files.size()));
                int length = Math.min(count, other.length);
                int from = random.nextInt(other.length - length + 1);
                System.arraycopy(other, from, file, at, Math.min(length, file.length - at));
            }
        }
        return file;
    }
}
