package io.millrace.model.augment;

import io.millrace.model.augment.ViewParameters.Adjustment;

/**
 * torchvision's colour adjustments as Pillow computes them (ImageEnhance, Blend.c), and what else
 * changes each pixel by itself.
 */
final class ColorJitter {

    private final Blend blend = new Blend();
    private final HueShift hue = new HueShift();
    private final int[] luma;

    ColorJitter(int side) {
        luma = new int[side * side];
    }

    void apply(Planes planes, Adjustment adjustment) {
        float factor = (float) adjustment.factor();
        switch (adjustment.operation()) {
            case BRIGHTNESS -> blend(planes, factor, 0);
            case CONTRAST -> blend(planes, factor, meanLuma(planes));
            case SATURATION -> saturate(planes, factor);
            case HUE -> hue.apply(planes, (int) (adjustment.factor() * 255) & 255);
        }
    }

    void grayscale(Planes planes) {
        planes.luma(luma);
        System.arraycopy(luma, 0, planes.red, 0, luma.length);
        System.arraycopy(luma, 0, planes.green, 0, luma.length);
        System.arraycopy(luma, 0, planes.blue, 0, luma.length);
    }

    /** Pillow's ImageOps.solarize with its threshold of 128: levels from there on are inverted. */
    void solarize(Planes planes) {
        solarize(planes.red);
        solarize(planes.green);
        solarize(planes.blue);
    }

    /** 255 - v is v with its eight bits inverted; bit 7 says whether to. */
    private static void solarize(int[] plane) {
        for (int i = 0; i < plane.length; i++) {
            plane[i] ^= -(plane[i] >> 7) & 255;
        }
    }

    private void blend(Planes planes, float factor, int base) {
        blend.prepare(factor);
        blend.apply(planes.red, base);
        blend.apply(planes.green, base);
        blend.apply(planes.blue, base);
    }

    private void saturate(Planes planes, float factor) {
        planes.luma(luma);
        blend.prepare(factor);
        blend.apply(planes.red, luma);
        blend.apply(planes.green, luma);
        blend.apply(planes.blue, luma);
    }

    private int meanLuma(Planes planes) {
        planes.luma(luma);
        return (int) ((double) sum(luma) / luma.length + 0.5);
    }

    /**
     * At most 255 * 1024 * 1024, well within an int. Four sums at a time, because C2 of Java 17
     * vectorises a single one into something ten times slower than this.
     */
    private static int sum(int[] values) {
        int a = 0;
        int b = 0;
        int c = 0;
        int d = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < values.length; i++) {
            a += values[i];
        }
        return a + b + c + d;
    }
}
