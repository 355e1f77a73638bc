package io.millrace.job.picture;

import io.millrace.job.picture.Canvas.Anchor;
import io.millrace.job.picture.Canvas.Lettering;
import io.millrace.job.picture.Canvas.Stroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines over a plane of two numbers, with axes, a grid and a legend. */
public final class LineChart {

    /** Told apart with any kind of colour vision (Okabe and Ito 2008). */
    public static final List<Color> COLOURS =
            List.of(
                    new Color(0x00, 0x72, 0xb2),
                    new Color(0xd5, 0x5e, 0x00),
                    new Color(0x00, 0x9e, 0x73),
                    new Color(0xcc, 0x79, 0xa7),
                    new Color(0xe6, 0x9f, 0x00),
                    new Color(0x56, 0xb4, 0xe9),
                    new Color(0x80, 0x80, 0x80));

    private static final int WIDTH = 960;
    private static final int HEIGHT = 600;
    private static final int LEFT = 80;
    private static final int TOP = 60;
    private static final int BOTTOM = 70;
    private static final int SMALL = 13;

    /** One point. */
    public record Point(double x, double y) {}

    /** How a line is drawn. */
    public enum Look {
        /** Thick, with its points. */
        MAIN,
        /** Thick, dashed, with its points. */
        DASHED,
        /** Thin and pale, as one of several behind their mean. */
        THIN
    }

    /**
     * A line.
     *
     * @param name in the legend; empty for none
     * @param colour a place in {@link #COLOURS}
     * @param points from left to right
     */
    public record Line(String name, int colour, Look look, List<Point> points) {
        public Line {
            points = List.copyOf(points);
        }
    }

    private final String title;
    private final String across;
    private final String up;
    private final List<Line> lines = new ArrayList<>();

    /**
     * A chart without lines.
     *
     * @param across what the horizontal axis shows
     * @param up what the vertical axis shows
     */
    public LineChart(String title, String across, String up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    /** Adds a line, drawn over those before it; one without points is left out. */
    public LineChart line(Line line) {
        if (!line.points().isEmpty()) {
            lines.add(line);
        }
        return this;
    }

    /** Writes it as PNG; a chart without lines is a frame. */
    public void save(Path file) throws IOException {
        try (var canvas = new Canvas(WIDTH, HEIGHT)) {
            double legend = legendWidth(canvas);
            var x = Scale.of(values(true), LEFT, WIDTH - legend - 20);
            var y = Scale.of(values(false), HEIGHT - BOTTOM, TOP);
            canvas.text(title, LEFT, 28, Lettering.bold(17), Anchor.LEFT);
            axes(canvas, x, y);
            for (Line line : lines) {
                draw(canvas, line, x, y);
            }
            legend(canvas, WIDTH - legend);
            canvas.save(file);
        }
    }

    private List<Double> values(boolean horizontal) {
        List<Double> values = new ArrayList<>();
        for (Line line : lines) {
            for (Point point : line.points()) {
                values.add(horizontal ? point.x() : point.y());
            }
        }
        return values;
    }

    private void axes(Canvas canvas, Scale x, Scale y) {
        var grid = new Stroke(Canvas.FAINT, 1, false);
        for (double tick : x.ticks()) {
            double at = x.at(tick);
            canvas.line(at, y.from(), at, y.to(), grid);
            canvas.text(x.print(tick), at, y.from() + 16, Lettering.plain(SMALL), Anchor.CENTRE);
        }
        for (double tick : y.ticks()) {
            double at = y.at(tick);
            canvas.line(x.from(), at, x.to(), at, grid);
            canvas.text(y.print(tick), x.from() - 8, at, Lettering.plain(SMALL), Anchor.RIGHT);
        }
        var ink = new Stroke(Canvas.INK, 1.2f, false);
        canvas.line(x.from(), y.from(), x.to(), y.from(), ink);
        canvas.line(x.from(), y.from(), x.from(), y.to(), ink);
        double middle = (x.from() + x.to()) / 2;
        canvas.text(across, middle, HEIGHT - 20, Lettering.plain(14), Anchor.CENTRE);
        canvas.upward(up, 22, (y.from() + y.to()) / 2, Lettering.plain(14));
    }

    private static void draw(Canvas canvas, Line line, Scale x, Scale y) {
        Stroke stroke = stroke(line);
        Point before = null;
        for (Point point : line.points()) {
            if (before != null) {
                canvas.line(
                        x.at(before.x()),
                        y.at(before.y()),
                        x.at(point.x()),
                        y.at(point.y()),
                        stroke);
            }
            before = point;
        }
        if (line.look() != Look.THIN) {
            for (Point point : line.points()) {
                canvas.dot(x.at(point.x()), y.at(point.y()), 3.5, stroke.colour());
            }
        }
    }

    private static Stroke stroke(Line line) {
        Color colour = COLOURS.get(line.colour() % COLOURS.size());
        return switch (line.look()) {
            case MAIN -> new Stroke(colour, 2.4f, false);
            case DASHED -> new Stroke(colour, 2.4f, true);
            case THIN -> new Stroke(pale(colour), 1.2f, false);
        };
    }

    private static Color pale(Color colour) {
        return new Color(
                (colour.getRed() + 255) / 2,
                (colour.getGreen() + 255) / 2,
                (colour.getBlue() + 255) / 2);
    }

    private List<Line> named() {
        return lines.stream().filter(line -> !line.name().isEmpty()).toList();
    }

    private double legendWidth(Canvas canvas) {
        return named().stream()
                        .mapToDouble(line -> canvas.textWidth(line.name(), Lettering.plain(SMALL)))
                        .max()
                        .orElse(0)
                + 60;
    }

    private void legend(Canvas canvas, double left) {
        double y = TOP + 8;
        for (Line line : named()) {
            canvas.line(left, y, left + 30, y, stroke(line));
            canvas.text(line.name(), left + 38, y, Lettering.plain(SMALL), Anchor.LEFT);
            y += 22;
        }
    }

    /** From numbers to pixels. */
    private record Scale(double least, double most, double step, double from, double to) {

        private static final int TICKS = 8;

        /** Covers the values, with ticks at 1, 2 or 5 times a power of ten. */
        static Scale of(List<Double> values, double from, double to) {
            double least = values.stream().mapToDouble(v -> v).min().orElse(0);
            double most = values.stream().mapToDouble(v -> v).max().orElse(1);
            double span = most > least ? most - least : Math.max(1, Math.abs(most));
            double power = Math.pow(10, Math.floor(Math.log10(span / TICKS)));
            double step = power;
            for (double factor : new double[] {2, 5, 10}) {
                if (span / step > TICKS) {
                    step = factor * power;
                }
            }
            double low = Math.floor(least / step) * step;
            double high = Math.ceil(most / step) * step;
            return new Scale(low, high > low ? high : low + step, step, from, to);
        }

        double at(double value) {
            return from + (value - least) / (most - least) * (to - from);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (int i = 0; i <= Math.round((most - least) / step); i++) {
                ticks.add(least + i * step);
            }
            return ticks;
        }

        String print(double tick) {
            int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
            return String.format(Locale.ROOT, "%,." + digits + "f", tick);
        }
    }
}
