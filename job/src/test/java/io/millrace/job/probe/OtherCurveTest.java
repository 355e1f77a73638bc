package io.millrace.job.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.picture.LineChart.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherCurveTest {

    @TempDir private Path directory;

    @Test
    void read_takesTheLinesThatHaveAnAccuracy() throws IOException {
        Path file = directory.resolve("peer.jsonl");
        Files.writeString(
                file,
                """
                {"epoch": 1, "step": 195, "loss": 6.4, "knn200": 42.8}
                {"epoch": 2, "step": 390, "loss": 6.0}
                {"epoch": 3, "step": 585, "knn200": 48.8, "linear": 50.5}
                """);

        OtherCurve curve = OtherCurve.read(file);

        assertThat(curve.name()).isEqualTo("peer.jsonl");
        assertThat(curve.knn()).containsExactly(new Point(195, 42.8), new Point(585, 48.8));
        assertThat(curve.linear()).containsExactly(new Point(585, 50.5));
    }

    @Test
    void read_namesTheLine_whenItIsNoJson() throws IOException {
        Path file = Files.writeString(directory.resolve("peer.log"), "{}\nepoch 1: 42.8\n");

        assertThatThrownBy(() -> OtherCurve.read(file))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("peer.log:2: expected a line of JSON, got epoch 1: 42.8");
    }

    @Test
    void read_refuses_whenNoLineHasAnAccuracy() throws IOException {
        Path file = Files.writeString(directory.resolve("peer.jsonl"), "{\"step\": 1}\n");

        assertThatThrownBy(() -> OtherCurve.read(file))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("expected JSON lines with step and knn200 or linear");
    }
}
