package io.millrace.job.feed;

/** A pattern of period one over the plane. */
enum Texture {
    STRIPES {
        @Override
        float at(float u, float v) {
            return 0.5f + 0.5f * Sine.of(u);
        }
    },
    CHECKERS {
        @Override
        float at(float u, float v) {
            return Sine.of(u) * Sine.of(v) > 0 ? 1 : 0;
        }
    },
    DOTS {
        @Override
        float at(float u, float v) {
            return Sine.of(u) + Sine.of(v) > 0.9f ? 1 : 0;
        }
    },
    RINGS {
        @Override
        float at(float u, float v) {
            return 0.5f + 0.5f * Sine.of((float) Math.sqrt(u * u + v * v));
        }
    },
    WAVES {
        @Override
        float at(float u, float v) {
            return 0.5f + 0.5f * Sine.of(u + 0.35f * Sine.of(0.7f * v));
        }
    };

    /** Brightness at a point, 0 to 1. */
    abstract float at(float u, float v);
}
