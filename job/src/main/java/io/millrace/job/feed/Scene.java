package io.millrace.job.feed;

import java.util.SplittableRandom;

/**
 * What one camera sees for a few frames: a body that drifts and turns before a patterned ground, in
 * changing light. Lengths in pixels, angles in turns, rates per frame.
 */
record Scene(Kind kind, Body body, Motion motion, Surface skin, Surface ground, Light light) {

    /** Where the body is in the first frame, and how large. */
    record Body(float x, float y, float radius, float angle) {}

    /** How it moves. */
    record Motion(float dx, float dy, float turn, float growth) {}

    /** A pattern in two colours. */
    record Surface(
            Texture texture, float period, float angle, float phase, Colour dark, Colour bright) {

        Colour at(float x, float y) {
            float sin = Sine.of(angle);
            float cos = Sine.of(angle + 0.25f);
            float u = (cos * x + sin * y) / period + phase;
            float v = (cos * y - sin * x) / period;
            return dark.towards(bright, texture.at(u, v));
        }
    }

    /** Brightness across the picture, and what the sensor adds. */
    record Light(float slope, float angle, float drift, float blur, float noise) {}

    /** What a surface may be; periods in sides of the picture. */
    private record Range(double minPeriod, double maxPeriod, double contrast) {}

    private static final Range SKIN = new Range(0.17, 0.22, 0.4);
    private static final Range GROUND = new Range(0.8, 1.6, 0.02);

    static Scene draw(SplittableRandom random, int side) {
        Kind[] kinds = Kind.values();
        Kind kind = kinds[random.nextInt(kinds.length)];
        Texture[] textures = Texture.values();
        float centre = side / 2f;
        var body =
                new Body(
                        centre + between(random, -0.1, 0.1) * side,
                        centre + between(random, -0.1, 0.1) * side,
                        between(random, 0.36, 0.46) * side,
                        between(random, 0, 1));
        var motion =
                new Motion(
                        between(random, -0.02, 0.02) * side,
                        between(random, -0.02, 0.02) * side,
                        between(random, -0.03, 0.03),
                        between(random, 0.97, 1.03));
        // Leanings of the hues, no more: the light and the draw itself hide them.
        double hue = kind.hue() + random.nextDouble(-0.15, 0.15);
        Surface skin = surface(random, kind.texture(), hue, SKIN, side);
        Texture behind = textures[random.nextInt(textures.length)];
        double groundHue = kind.groundHue() + random.nextDouble(-0.2, 0.2);
        Surface ground = surface(random, behind, groundHue, GROUND, side);
        var light =
                new Light(
                        between(random, 0, 0.4) / side,
                        between(random, 0, 1),
                        between(random, -0.05, 0.05),
                        between(random, 0, 0.6),
                        between(random, 2, 8));
        return new Scene(kind, body, motion, skin, ground, light);
    }

    private static Surface surface(
            SplittableRandom random, Texture texture, double hue, Range range, int side) {
        double brightness = random.nextDouble(0.15, 0.4);
        double contrast = random.nextDouble(range.contrast, range.contrast + 0.15);
        Colour dark = Colour.draw(random, random.nextDouble(), brightness);
        Colour bright = Colour.draw(random, hue, brightness + contrast);
        return new Surface(
                texture,
                between(random, range.minPeriod, range.maxPeriod) * side,
                between(random, 0, 1),
                between(random, 0, 1),
                dark,
                bright);
    }

    private static float between(SplittableRandom random, double min, double max) {
        return (float) random.nextDouble(min, max);
    }
}
