package io.millrace.job.feed;

import java.util.SplittableRandom;

/** Red, green and blue, 0 to 255. */
record Colour(float red, float green, float blue) {

    /** More or less saturated, around a brightness of 0 to 1; hue in turns. */
    static Colour draw(SplittableRandom random, double hueAngle, double brightness) {
        float hue = (float) hueAngle;
        double saturation = random.nextDouble(0.1, 0.8);
        return new Colour(
                channel(hue, brightness, saturation),
                channel(hue + 1 / 3f, brightness, saturation),
                channel(hue + 2 / 3f, brightness, saturation));
    }

    private static float channel(float hue, double brightness, double saturation) {
        return (float) (255 * brightness * (1 + 0.7 * saturation * Sine.of(hue)));
    }

    Colour towards(Colour other, float share) {
        return new Colour(
                red + share * (other.red - red),
                green + share * (other.green - green),
                blue + share * (other.blue - blue));
    }
}
