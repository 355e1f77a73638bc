package io.millrace.job.feed;

import java.util.SplittableRandom;

/** Draws a frame of a scene. Not for several threads: its canvas is reused. */
final class Painter {

    private final int side;
    private final float[] canvas;
    private final float[] scratch;

    Painter(int side) {
        this.side = side;
        this.canvas = new float[side * side * 3];
        this.scratch = new float[side * side * 3];
    }

    /** Fills rgb, (side, side, 3), with the scene's frame. */
    void paint(Scene scene, int frame, SplittableRandom sensor, byte[] rgb) {
        compose(scene, frame);
        soften(scene.light().blur());
        expose(scene.light(), frame, sensor, rgb);
    }

    private void compose(Scene scene, int frame) {
        Scene.Body body = scene.body();
        Scene.Motion motion = scene.motion();
        float x0 = body.x() + frame * motion.dx();
        float y0 = body.y() + frame * motion.dy();
        float radius = body.radius() * (float) StrictMath.pow(motion.growth(), frame);
        float angle = body.angle() + frame * motion.turn();
        float sin = Sine.of(angle);
        float cos = Sine.of(angle + 0.25f);
        int i = 0;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                float u = (cos * (x - x0) + sin * (y - y0)) / radius;
                float v = (cos * (y - y0) - sin * (x - x0)) / radius;
                float outside = scene.kind().shape().distance(u, v) * radius;
                float cover = Math.max(0, Math.min(1, 0.5f - outside));
                Colour colour = surface(scene, cover, x, y, u * radius, v * radius);
                canvas[i++] = colour.red();
                canvas[i++] = colour.green();
                canvas[i++] = colour.blue();
            }
        }
    }

    private static Colour surface(
            Scene scene, float cover, float x, float y, float bodyX, float bodyY) {
        if (cover == 0) {
            return scene.ground().at(x, y);
        }
        Colour skin = scene.skin().at(bodyX, bodyY);
        return cover == 1 ? skin : scene.ground().at(x, y).towards(skin, cover);
    }

    /** Mixes each pixel with its four neighbours. */
    private void soften(float share) {
        System.arraycopy(canvas, 0, scratch, 0, canvas.length);
        int row = side * 3;
        for (int y = 1; y < side - 1; y++) {
            for (int i = y * row + 3; i < (y + 1) * row - 3; i++) {
                float around =
                        scratch[i - 3] + scratch[i + 3] + scratch[i - row] + scratch[i + row];
                canvas[i] = (1 - share) * scratch[i] + share * 0.25f * around;
            }
        }
    }

    private void expose(Scene.Light light, int frame, SplittableRandom sensor, byte[] rgb) {
        float level = 1 + frame * light.drift();
        float slopeX = light.slope() * Sine.of(light.angle() + 0.25f);
        float slopeY = light.slope() * Sine.of(light.angle());
        float half = side / 2f;
        for (int i = 0; i < rgb.length; i++) {
            int pixel = i / 3;
            int line = pixel / side;
            float x = pixel % side - half;
            float y = line - half;
            float lit = canvas[i] * (level + slopeX * x + slopeY * y);
            rgb[i] = (byte) Math.max(0, Math.min(255, lit + light.noise() * grain(sensor)));
        }
    }

    /** Nearly normal, mean 0, variance 1: four uniform draws of 16 bits. */
    private static float grain(SplittableRandom sensor) {
        long bits = sensor.nextLong();
        long sum =
                (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        return (sum - 131_070) * (1.7320508f / 65_536);
    }
}
