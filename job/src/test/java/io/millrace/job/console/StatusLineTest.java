package io.millrace.job.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class StatusLineTest {

    private static final Status EARLY =
            new Status(
                    new Status.Training(0, 0, 8.3, 0, 0),
                    Status.Probe.NONE,
                    new Status.Stream(12, 0, null));

    private static final Status LATE =
            new Status(
                    new Status.Training(1200, 742.4, 4.25, 0.512, 1),
                    new Status.Probe(
                            OptionalDouble.of(0.553),
                            OptionalDouble.of(0.38),
                            OptionalDouble.of(0.441)),
                    new Status.Stream(3400, 7, Duration.ofMillis(4200)));

    private final StringWriter text = new StringWriter();
    private long nanos;

    @Test
    void forTerminal_saysEverythingInOneLine() {
        assertThat(StatusLine.forTerminal(LATE, false))
                .isEqualTo(
                        "step 1,200  742 images/s  loss 4.250  match 51.2 %  probe 55.3 %"
                                + " (untrained 38.0 %)  kNN 44.1 %  queue 100 %  lag 3,400  dead 7  saved 4 s"
                                + " ago");
        assertThat(StatusLine.forTerminal(EARLY, false))
                .isEqualTo(
                        "step 0  0 images/s  loss 8.300  match 0.0 %  queue 0 %  lag 12  dead 0");
    }

    @Test
    void forTerminal_marksProbeAndDeadLetters_whenColourIsWelcome() {
        assertThat(StatusLine.forTerminal(LATE, true))
                .contains("\u001b[1m55.3 %\u001b[0m", "\u001b[31m  dead 7\u001b[0m");
        assertThat(StatusLine.forTerminal(EARLY, true)).doesNotContain("\u001b");
    }

    @Test
    void forPipe_givesKeysAndValues() {
        assertThat(StatusLine.forPipe(LATE))
                .isEqualTo(
                        "step=1200 images_per_s=742.4 lag=3400 loss=4.2500 accuracy=0.5120"
                                + " probe_accuracy=0.5530 untrained_probe_accuracy=0.3800 knn_accuracy=0.4410"
                                + " queue_fill=1.000 dead_letters=7 checkpoint_age_s=4.2");
        assertThat(StatusLine.forPipe(EARLY)).doesNotContain("probe", "checkpoint");
    }

    @Test
    void show_redrawsOneLine_onATerminal() {
        Console console = console(true, 20);
        StatusLine line = new StatusLine(console);

        line.show(EARLY);
        nanos += Duration.ofMillis(10).toNanos();
        line.show(LATE);
        nanos += Duration.ofSeconds(1).toNanos();
        line.show(LATE);
        console.print("a dead letter");
        console.end();

        assertThat(text)
                .hasToString(
                        "\r\u001b[Kstep 0  0 images/s "
                                + "\r\u001b[Kstep 1,200  742 ima"
                                + "\r\u001b[Ka dead letter\n");
    }

    @Test
    void show_printsPlainLinesNowAndThen_elsewhere() {
        StatusLine line = new StatusLine(console(false, 20));

        line.show(EARLY);
        nanos += Duration.ofSeconds(9).toNanos();
        line.show(EARLY);
        nanos += Duration.ofSeconds(1).toNanos();
        line.show(LATE);

        assertThat(text.toString().lines())
                .containsExactly(StatusLine.forPipe(EARLY), StatusLine.forPipe(LATE));
        assertThat(text.toString()).doesNotContain("\r", "\u001b");
    }

    @Test
    void bar_fillsWithTheFraction() {
        assertThat(Console.bar(0, 4)).isEqualTo("[....]");
        assertThat(Console.bar(0.5, 4)).isEqualTo("[##..]");
        assertThat(Console.bar(7, 4)).isEqualTo("[####]");
    }

    @Test
    void render_alignsColumns() {
        Table table = new Table().row("", "trained", "untrained").row("linear probe", "55.3 %", "");

        assertThat(table.render())
                .isEqualTo(
                        """
                                      trained  untrained
                        linear probe   55.3 %
                        """);
        assertThatThrownBy(() -> table.row("one")).hasMessageContaining("expected 3 cells");
    }

    private Console console(boolean terminal, int columns) {
        return new Console(
                new PrintWriter(text), new Console.Style(terminal, false, columns), () -> nanos);
    }
}
