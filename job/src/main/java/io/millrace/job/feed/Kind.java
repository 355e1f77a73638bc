package io.millrace.job.feed;

import java.util.Locale;

/** A class of the stream: what kind of body, with what pattern on it, in what hue by preference. */
enum Kind {
    STRIPED_DISC(Shape.DISC, Texture.STRIPES, 0.0),
    DOTTED_DISC(Shape.DISC, Texture.DOTS, 0.1),
    CHECKERED_SQUARE(Shape.SQUARE, Texture.CHECKERS, 0.2),
    WAVY_SQUARE(Shape.SQUARE, Texture.WAVES, 0.3),
    STRIPED_TRIANGLE(Shape.TRIANGLE, Texture.STRIPES, 0.4),
    RINGED_TRIANGLE(Shape.TRIANGLE, Texture.RINGS, 0.5),
    DOTTED_CROSS(Shape.CROSS, Texture.DOTS, 0.6),
    WAVY_CROSS(Shape.CROSS, Texture.WAVES, 0.7),
    CHECKERED_RING(Shape.RING, Texture.CHECKERS, 0.8),
    RINGED_RING(Shape.RING, Texture.RINGS, 0.9);

    private final Shape shape;
    private final Texture texture;
    private final double hue;

    Kind(Shape shape, Texture texture, double hue) {
        this.hue = hue;
        this.shape = shape;
        this.texture = texture;
    }

    Shape shape() {
        return shape;
    }

    Texture texture() {
        return texture;
    }

    /** The hue that the ground behind it leans to, in turns; three times its own. */
    double groundHue() {
        return 3 * hue % 1;
    }

    /** The hue that it leans to, in turns. */
    double hue() {
        return hue;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
