package io.millrace.job.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** A white picture to draw on, in pixels from the top left. */
final class Canvas implements AutoCloseable {

    static final Color INK = new Color(0x20, 0x20, 0x20);
    static final Color FAINT = new Color(0xdd, 0xdd, 0xdd);

    private static final String FONT = Font.SANS_SERIF;

    /** Where a text lies relative to its point. */
    enum Anchor {
        LEFT(0),
        CENTRE(0.5),
        RIGHT(1);

        private final double share;

        Anchor(double share) {
            this.share = share;
        }
    }

    private final BufferedImage image;
    private final Graphics2D graphics;

    Canvas(int width, int height) {
        System.setProperty("java.awt.headless", "true");
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        fill(0, 0, width, height, Color.WHITE);
    }

    void fill(double x, double y, double width, double height, Color colour) {
        graphics.setColor(colour);
        graphics.fill(new Rectangle2D.Double(x, y, width, height));
    }

    void line(double x1, double y1, double x2, double y2, Stroke stroke) {
        graphics.setColor(stroke.colour());
        graphics.setStroke(stroke.awt());
        graphics.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    void picture(BufferedImage picture, int x, int y, int width, int height) {
        boolean enlarged = width > picture.getWidth();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                enlarged
                        ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
                        : RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(picture, x, y, width, height, null);
    }

    void dot(double x, double y, double radius, Color colour) {
        graphics.setColor(colour);
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    /** Writes with the middle of the letters at height y. */
    void text(String text, double x, double y, Lettering lettering, Anchor anchor) {
        FontMetrics metrics = prepare(lettering);
        double left = x - anchor.share * metrics.stringWidth(text);
        graphics.drawString(text, (float) left, (float) (y + metrics.getAscent() * 0.36));
    }

    /** The same, bottom to top, centred. */
    void upward(String text, double x, double y, Lettering lettering) {
        var before = graphics.getTransform();
        graphics.rotate(-Math.PI / 2, x, y);
        text(text, x, y, lettering, Anchor.CENTRE);
        graphics.setTransform(before);
    }

    double textWidth(String text, Lettering lettering) {
        return prepare(lettering).stringWidth(text);
    }

    private FontMetrics prepare(Lettering lettering) {
        graphics.setColor(lettering.colour());
        graphics.setFont(
                new Font(FONT, lettering.bold() ? Font.BOLD : Font.PLAIN, lettering.size()));
        return graphics.getFontMetrics();
    }

    /** How letters look. */
    record Lettering(int size, boolean bold, Color colour) {

        static Lettering plain(int size) {
            return new Lettering(size, false, INK);
        }

        static Lettering bold(int size) {
            return new Lettering(size, true, INK);
        }
    }

    /** How a line looks. */
    record Stroke(Color colour, float width, boolean dashed) {

        BasicStroke awt() {
            return new BasicStroke(
                    width,
                    BasicStroke.CAP_ROUND,
                    BasicStroke.JOIN_ROUND,
                    10,
                    dashed ? new float[] {7, 6} : null,
                    0);
        }
    }

    /** Writes a PNG, making the folder if need be. */
    void save(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            ImageIO.write(image, "png", out);
        }
    }

    @Override
    public void close() {
        graphics.dispose();
    }
}
