package io.millrace.job.console;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;

/** A run's status in one line. */
public final class StatusLine {

    private static final String BOLD = "\u001b[1m";
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final Console console;

    public StatusLine(Console console) {
        this.console = console;
    }

    /** Draws it, or prints it now and then where nothing can be drawn over. */
    public void show(Status status) {
        console.update(() -> forTerminal(status, console.style().colour()), () -> forPipe(status));
    }

    static String forTerminal(Status status, boolean colour) {
        Status.Training training = status.training();
        Status.Stream stream = status.stream();
        StringBuilder line = new StringBuilder();
        line.append(format("step %,d", training.step()));
        line.append(format("  %,.0f images/s", training.imagesPerSecond()));
        line.append(format("  loss %.3f", training.loss()));
        line.append("  match ").append(percent(training.accuracy()));
        if (status.probe().trained().isPresent()) {
            line.append("  probe ");
            line.append(colour ? BOLD : "");
            line.append(percent(status.probe().trained().getAsDouble()));
            line.append(colour ? PLAIN : "");
        }
        if (status.probe().untrained().isPresent()) {
            String untrained = percent(status.probe().untrained().getAsDouble());
            line.append(" (untrained ").append(untrained).append(')');
        }
        if (status.probe().knn().isPresent()) {
            line.append("  kNN ").append(percent(status.probe().knn().getAsDouble()));
        }
        if (!Double.isNaN(training.queueFill())) {
            line.append("  queue ").append(format("%.0f %%", 100 * training.queueFill()));
        }
        line.append(format("  lag %,d", stream.lag()));
        String dead = format("  dead %,d", stream.deadLetters());
        line.append(colour && stream.deadLetters() > 0 ? RED + dead + PLAIN : dead);
        Duration age = stream.checkpointAge();
        if (age != null) {
            line.append("  saved ").append(age.toSeconds()).append(" s ago");
        }
        return line.toString();
    }

    static String forPipe(Status status) {
        Status.Training training = status.training();
        Status.Stream stream = status.stream();
        StringBuilder line = new StringBuilder();
        line.append("step=").append(training.step());
        line.append(format(" images_per_s=%.1f", training.imagesPerSecond()));
        line.append(" lag=").append(stream.lag());
        line.append(format(" loss=%.4f", training.loss()));
        line.append(format(" accuracy=%.4f", training.accuracy()));
        line.append(pair("probe_accuracy", status.probe().trained()));
        line.append(pair("untrained_probe_accuracy", status.probe().untrained()));
        line.append(pair("knn_accuracy", status.probe().knn()));
        if (!Double.isNaN(training.queueFill())) {
            line.append(format(" queue_fill=%.3f", training.queueFill()));
        }
        line.append(" dead_letters=").append(stream.deadLetters());
        Duration age = stream.checkpointAge();
        if (age != null) {
            line.append(format(" checkpoint_age_s=%.1f", age.toMillis() / 1000.0));
        }
        return line.toString();
    }

    private static String pair(String key, OptionalDouble value) {
        return value.isPresent() ? format(" %s=%.4f", key, value.getAsDouble()) : "";
    }

    private static String percent(double fraction) {
        return format("%.1f %%", 100 * fraction);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
