package io.millrace.job.picture;

import io.millrace.job.picture.Canvas.Anchor;
import io.millrace.job.picture.Canvas.Lettering;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix as a picture: a row for each true class, a column for each answer, shaded by
 * the share of the row, with the counts written in where there is room, and beside each row how
 * much of it is right.
 */
public final class ConfusionPicture {

    private static final int MARGIN = 20;
    private static final int TITLE = 50;
    private static final int LONGEST_NAME = 18;
    private static final int MAX_NUMBERED = 20;
    private static final int MAX_NAMED = 100;
    private static final int MIN_WIDTH = 560;
    private static final int SMALL = 12;
    private static final int SHARES = 60;

    /** Shade from which on letters are white. */
    private static final double DARK = 0.55;

    private final List<String> classes;
    private final int[][] confusion;
    private final String title;

    /**
     * A picture.
     *
     * @param confusion images by true class (row) and answer (column)
     */
    public ConfusionPicture(String title, List<String> classes, int[][] confusion) {
        this.title = title;
        this.classes = List.copyOf(classes);
        this.confusion = Arrays.stream(confusion).map(int[]::clone).toArray(int[][]::new);
    }

    /** Writes it as PNG. */
    public void save(Path file) throws IOException {
        int count = classes.size();
        boolean named = count <= MAX_NAMED;
        int cell = count <= MAX_NUMBERED ? 44 : named ? 16 : Math.max(1, 1000 / count);
        int names = named ? 8 + (int) widestName() : 10;
        int left = MARGIN + 24 + names;
        int top = MARGIN + TITLE;
        int side = cell * count;
        int width = Math.max(left + side + SHARES + MARGIN, MIN_WIDTH);
        try (var canvas = new Canvas(width, top + side + names + 44)) {
            canvas.text(title, MARGIN, MARGIN + 8, Lettering.bold(15), Anchor.LEFT);
            String legend = "shade: share of the class; right: how much of it is recognised";
            canvas.text(legend, MARGIN, MARGIN + 28, Lettering.plain(SMALL), Anchor.LEFT);
            for (int row = 0; row < count; row++) {
                cells(canvas, row, left, top + row * cell, cell);
                if (named) {
                    names(canvas, row, left, top, cell);
                    double beside = left + side + SHARES - 4;
                    double middle = top + (row + 0.5) * cell;
                    canvas.text(
                            recognised(row), beside, middle, Lettering.plain(SMALL), Anchor.RIGHT);
                }
            }
            frame(canvas, left, top, side);
            double centre = side / 2.0;
            double below = top + side + names + 24;
            canvas.text("answer", left + centre, below, Lettering.plain(14), Anchor.CENTRE);
            canvas.upward("class", MARGIN + 4, top + centre, Lettering.plain(14));
            canvas.save(file);
        }
    }

    private void cells(Canvas canvas, int row, int left, int top, int cell) {
        long images = Arrays.stream(confusion[row]).asLongStream().sum();
        for (int column = 0; column < classes.size(); column++) {
            int count = confusion[row][column];
            double share = images == 0 ? 0 : (double) count / images;
            double x = left + column * cell;
            canvas.fill(x, top, cell, cell, shade(share));
            if (classes.size() <= MAX_NUMBERED && count > 0) {
                var lettering =
                        new Lettering(SMALL, false, depth(share) > DARK ? Color.WHITE : Canvas.INK);
                canvas.text("" + count, x + cell / 2.0, top + cell / 2.0, lettering, Anchor.CENTRE);
            }
        }
    }

    private String recognised(int row) {
        long images = Arrays.stream(confusion[row]).asLongStream().sum();
        return images == 0
                ? "-"
                : String.format(Locale.ROOT, "%.1f %%", 100.0 * confusion[row][row] / images);
    }

    private void names(Canvas canvas, int place, int left, int top, int cell) {
        double middle = (place + 0.5) * cell;
        canvas.text(name(place), left - 8, top + middle, Lettering.plain(SMALL), Anchor.RIGHT);
        double half = canvas.textWidth(name(place), Lettering.plain(SMALL)) / 2;
        double below = top + classes.size() * cell + 6;
        canvas.upward(name(place), left + middle, below + half, Lettering.plain(SMALL));
    }

    private double widestName() {
        try (var ruler = new Canvas(1, 1)) {
            double widest = 0;
            for (int k = 0; k < classes.size(); k++) {
                widest = Math.max(widest, ruler.textWidth(name(k), Lettering.plain(SMALL)));
            }
            return widest;
        }
    }

    private String name(int place) {
        String name = classes.get(place);
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }

    private static void frame(Canvas canvas, double left, double top, double side) {
        var thin = new Canvas.Stroke(Canvas.INK, 1, false);
        canvas.line(left, top, left + side, top, thin);
        canvas.line(left, top + side, left + side, top + side, thin);
        canvas.line(left, top, left, top + side, thin);
        canvas.line(left + side, top, left + side, top + side, thin);
    }

    /** The root lets small confusions show. */
    private static double depth(double share) {
        return Math.sqrt(share);
    }

    /** White to dark blue. */
    private static Color shade(double share) {
        double depth = depth(share);
        return new Color(
                (int) Math.round(255 - depth * (255 - 16)),
                (int) Math.round(255 - depth * (255 - 60)),
                (int) Math.round(255 - depth * (255 - 120)));
    }
}
