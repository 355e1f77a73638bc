package io.millrace.job.console;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where progress is shown: one line drawn over and over on a terminal, plain lines now and then
 * anywhere else. Safe for several threads.
 */
public final class Console {

    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final Duration PLAIN = Duration.ofSeconds(10);
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter out;
    private final Style style;
    private final LongSupplier nanoTime;

    private @Nullable Long last;
    private boolean drawn;

    /**
     * What the place can show.
     *
     * @param terminal whether lines can be drawn over
     * @param colour whether colours are welcome
     * @param columns width, characters
     */
    public record Style(boolean terminal, boolean colour, int columns) {

        /**
         * Goes by the launcher's {@code millrace.tty} and {@code millrace.columns}, and by the
         * environment's NO_COLOR (no-color.org) and COLUMNS.
         */
        public static Style detect() {
            boolean terminal = Boolean.getBoolean("millrace.tty");
            String noColour = System.getenv("NO_COLOR");
            boolean colour = terminal && (noColour == null || noColour.isEmpty());
            return new Style(terminal, colour, width());
        }

        private static int width() {
            Integer said = Integer.getInteger("millrace.columns");
            if (said != null && said > 0) {
                return said;
            }
            String columns = System.getenv("COLUMNS");
            return columns != null && columns.matches("[1-9]\\d{0,4}")
                    ? Integer.parseInt(columns)
                    : 120;
        }
    }

    public Console(PrintWriter out, Style style, LongSupplier nanoTime) {
        this.out = requireNonNull(out, "out");
        this.style = requireNonNull(style, "style");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
    }

    public static Console detect(PrintWriter out) {
        return new Console(out, Style.detect(), System::nanoTime);
    }

    public Style style() {
        return style;
    }

    /**
     * Shows the present state, unless one was shown just before.
     *
     * @param line for a terminal, without a line end; cut to its width
     * @param plain for a file or a pipe: key=value pairs
     */
    public synchronized void update(Supplier<String> line, Supplier<String> plain) {
        long now = nanoTime.getAsLong();
        long pause = (style.terminal() ? REDRAW : PLAIN).toNanos();
        if (last != null && now - last < pause) {
            return;
        }
        last = now;
        if (style.terminal()) {
            out.print(ERASE + cut(line.get()));
            drawn = true;
        } else {
            out.println(plain.get());
        }
        out.flush();
    }

    /** Prints a line that stays. */
    public synchronized void print(String text) {
        erase();
        out.println(text);
        out.flush();
    }

    /** Leaves the line as it was last drawn and goes below it. */
    public synchronized void end() {
        if (drawn) {
            out.println();
            drawn = false;
        }
        last = null;
        out.flush();
    }

    private void erase() {
        if (drawn) {
            out.print(ERASE);
            drawn = false;
        }
    }

    /** Escapes take no room. */
    private String cut(String line) {
        int shown = 0;
        boolean escape = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\u001b') {
                escape = true;
            } else if (escape) {
                escape = c != 'm';
            } else if (++shown >= style.columns()) {
                return line.substring(0, i) + (style.colour() ? "\u001b[0m" : "");
            }
        }
        return line;
    }

    /** A bar of so many characters; fraction 0 to 1. */
    public static String bar(double fraction, int width) {
        int full = (int) Math.round(Math.max(0, Math.min(1, fraction)) * width);
        return "[" + "#".repeat(full) + ".".repeat(width - full) + "]";
    }
}
