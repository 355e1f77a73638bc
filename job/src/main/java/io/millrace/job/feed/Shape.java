package io.millrace.job.feed;

/** The outline of a body, in coordinates where it reaches about one unit from the origin. */
enum Shape {
    DISC {
        @Override
        float distance(float u, float v) {
            return length(u, v) - 0.95f;
        }
    },
    SQUARE {
        @Override
        float distance(float u, float v) {
            return Math.max(Math.abs(u), Math.abs(v)) - 0.8f;
        }
    },
    TRIANGLE {
        @Override
        float distance(float u, float v) {
            float side = 0.866f * Math.abs(u) + 0.5f * v;
            return Math.max(side, -v) - 0.55f;
        }
    },
    CROSS {
        @Override
        float distance(float u, float v) {
            float a = Math.abs(u);
            float b = Math.abs(v);
            return Math.max(Math.min(a, b) - 0.3f, Math.max(a, b) - 0.95f);
        }
    },
    RING {
        @Override
        float distance(float u, float v) {
            return Math.abs(length(u, v) - 0.7f) - 0.27f;
        }
    };

    /** How far outside the outline a point lies, about; negative inside. */
    abstract float distance(float u, float v);

    private static float length(float u, float v) {
        return (float) Math.sqrt(u * u + v * v);
    }
}
