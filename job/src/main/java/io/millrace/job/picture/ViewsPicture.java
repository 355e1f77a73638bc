package io.millrace.job.picture;

import static java.util.Objects.requireNonNull;

import io.millrace.model.augment.Augmenter;
import io.millrace.model.image.RgbImage;
import io.millrace.model.stream.Position;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A contact sheet: a row for each original, its two views, and what was drawn for them. */
public final class ViewsPicture {

    private static final int GAP = 16;
    private static final int TEXT_WIDTH = 400;
    private static final int LINE = 17;
    private static final int HEAD = 44;
    private static final int LEAST_ROW = 2 * 7 * LINE;

    private final Augmenter augmenter;
    private final int side;
    private final List<Row> rows = new ArrayList<>();

    private record Row(String name, RgbImage image, Position position) {}

    /**
     * An empty sheet.
     *
     * @param side of a view, pixels
     */
    public ViewsPicture(Augmenter augmenter, int side) {
        this.augmenter = requireNonNull(augmenter, "augmenter");
        this.side = side;
    }

    /** Adds an image, whose views are those of a record at that position. */
    public void add(String name, RgbImage image, Position position) {
        rows.add(new Row(name, image, position));
    }

    /** Writes a PNG. */
    public void save(Path file, String title) throws IOException {
        int cell = Math.max(side, 128);
        int height = Math.max(cell, LEAST_ROW) + GAP + LINE;
        int width = 4 * GAP + 3 * cell + TEXT_WIDTH;
        try (Canvas canvas = new Canvas(width, HEAD + rows.size() * height + GAP)) {
            canvas.text(title, GAP, HEAD / 2.0, Canvas.Lettering.bold(15), Canvas.Anchor.LEFT);
            for (int i = 0; i < rows.size(); i++) {
                draw(canvas, rows.get(i), HEAD + i * height, cell);
            }
            canvas.save(file);
        }
    }

    private void draw(Canvas canvas, Row row, int top, int cell) {
        var small = Canvas.Lettering.plain(12);
        String size = row.image().width() + "x" + row.image().height();
        canvas.text(row.name() + ", " + size, GAP, top + LINE / 2.0, small, Canvas.Anchor.LEFT);
        int y = top + LINE + 2;
        place(canvas, picture(row.image()), GAP, y, cell);
        int x = GAP + cell + GAP;
        int text = GAP + 3 * (cell + GAP);
        for (int view = 0; view < 2; view++) {
            byte[] rgb = augmenter.view(row.image(), row.position(), view);
            place(canvas, picture(new RgbImage(side, side, rgb)), x, y, cell);
            x += cell + GAP;
            List<String> lines = new ArrayList<>();
            lines.add(view == 0 ? "first view (query)" : "second view (key)");
            lines.addAll(augmenter.describe(row.image(), row.position(), view));
            for (int i = 0; i < lines.size(); i++) {
                var lettering = i == 0 ? Canvas.Lettering.bold(12) : small;
                double at = y + (7.0 * view + i + 0.5) * LINE;
                canvas.text(lines.get(i), text, at, lettering, Canvas.Anchor.LEFT);
            }
        }
    }

    /** As large as fits; pixels are never enlarged unevenly. */
    private static void place(Canvas canvas, BufferedImage picture, int x, int y, int cell) {
        double scale =
                Math.min((double) cell / picture.getWidth(), (double) cell / picture.getHeight());
        canvas.picture(
                picture,
                x,
                y,
                (int) Math.max(1, Math.round(scale * picture.getWidth())),
                (int) Math.max(1, Math.round(scale * picture.getHeight())));
    }

    private static BufferedImage picture(RgbImage image) {
        BufferedImage picture =
                new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = image.rgb();
        for (int i = 0; i < image.width() * image.height(); i++) {
            int red = (rgb[3 * i] & 0xff) << 16;
            int green = (rgb[3 * i + 1] & 0xff) << 8;
            int blue = rgb[3 * i + 2] & 0xff;
            picture.setRGB(i % image.width(), i / image.width(), red | green | blue);
        }
        return picture;
    }
}
