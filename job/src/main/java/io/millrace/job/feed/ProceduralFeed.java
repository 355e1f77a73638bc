package io.millrace.job.feed;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An endless stream of small labelled pictures from many cameras, taking turns: patterned bodies
 * that drift across patterned grounds. A class is a shape with a pattern on it, and a leaning of
 * two hues; place, size, rotation, light, noise and blur say nothing about it. Image i is a
 * function of seed and i alone, up to the JDK's JPEG encoder. Not for several threads: its canvas
 * and encoder are reused.
 */
public final class ProceduralFeed {

    /** Height and width of a picture, pixels. */
    public static final int SIDE = 32;

    private static final int CAMERAS = 256;
    private static final int FRAMES_PER_SCENE = 2;
    private static final float QUALITY = 0.85f;

    private static final long SCENES = 1;
    private static final long SENSORS = 2;
    private static final long CORRUPTIONS = 3;

    private final long seed;
    private final double corrupt;
    private final Painter painter = new Painter(SIDE);
    private final JpegEncoder encoder = new JpegEncoder(SIDE, QUALITY);
    private final byte[] rgb = new byte[SIDE * SIDE * 3];

    /**
     * A feed from its first image.
     *
     * @param corrupt share of records whose bytes have gone bad, 0 to 1
     */
    public ProceduralFeed(long seed, double corrupt) {
        if (!(corrupt >= 0 && corrupt <= 1)) {
            throw new IllegalArgumentException(
                    "the share of corrupt records must be 0 to 1, got " + corrupt + "; try 0.002");
        }
        this.seed = seed;
        this.corrupt = corrupt;
    }

    /** All labels there are. */
    public static List<String> labels() {
        return Arrays.stream(Kind.values()).map(Kind::label).toList();
    }

    /** Draws image i, from 0. */
    public FeedImage image(long index) {
        if (index < 0) {
            throw new IllegalArgumentException("images are counted from 0, got " + index);
        }
        long camera = index % CAMERAS;
        // Cameras change scenes at different times.
        long time = index / CAMERAS + camera;
        Scene scene = Scene.draw(random(SCENES, time / FRAMES_PER_SCENE * CAMERAS + camera), SIDE);
        painter.paint(scene, (int) (time % FRAMES_PER_SCENE), random(SENSORS, index), rgb);
        byte[] jpeg = spoil(encoder.encode(rgb), index);
        return new FeedImage(index, "camera-" + camera, scene.kind().label(), jpeg);
    }

    private byte[] spoil(byte[] jpeg, long index) {
        SplittableRandom random = random(CORRUPTIONS, index);
        if (random.nextDouble() >= corrupt) {
            return jpeg;
        }
        Corruption[] ways = Corruption.values();
        return ways[random.nextInt(ways.length)].apply(jpeg, random);
    }

    private SplittableRandom random(long purpose, long index) {
        return new SplittableRandom(mix64(mix64(mix64(seed) + purpose) + index));
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mix64(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
