package io.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.Matching;
import io.millrace.model.stream.OffsetRange;
import io.millrace.model.stream.ProbeReport;
import io.millrace.model.stream.Progress;
import io.millrace.model.stream.StepReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricLinesTest {

    @Test
    void json_isOneObject_whenAStepIsReported() {
        var consumed =
                List.of(
                        new OffsetRange("images", 0, 0, 0, 9, 9, 0),
                        new OffsetRange("images", 0, 1, 0, 5, 5, 0));
        var progress = new Progress("cam\n", 1200, 307200, 3, consumed);

        assertThat(
                        MetricLines.json(
                                new StepReport(
                                        progress,
                                        10,
                                        6.5,
                                        new Matching(0.25, 0.75, -0.125),
                                        0.03,
                                        1,
                                        812.5,
                                        1000)))
                .isEqualTo(
                        "{\"kind\":\"step\",\"learner\":\"cam\\n"
                                + "\",\"timestamp\":1000,"
                                + "\"step\":1200,\"images\":307200,\"rejected\":3,\"steps\":10,"
                                + "\"loss\":6.5,\"accuracy\":0.25,\"positive_similarity\":0.75,\"negative_similarity\":-0.125,\"learning_rate\":0.03,"
                                + "\"queue_fill\":1.0,\"images_per_second\":812.5,\"epoch\":1,"
                                + "\"offsets\":{\"images-0\":5}}");
    }

    @Test
    void json_isStillJson_whenTheLossIsNotANumber() {
        var progress = new Progress("cam", 1, 256, 0, List.of());

        assertThat(
                        MetricLines.json(
                                new StepReport(
                                        progress,
                                        1,
                                        Double.NaN,
                                        new Matching(Double.POSITIVE_INFINITY, 0, Double.NaN),
                                        1e-9,
                                        0,
                                        Double.NEGATIVE_INFINITY,
                                        1000)))
                .contains(
                        "\"loss\":null,\"accuracy\":null,\"positive_similarity\":0.0,\"negative_similarity\":null,\"learning_rate\":1.0E-9,")
                .contains("\"images_per_second\":null")
                .doesNotContain("NaN", "Infinity");
    }

    @Test
    void json_namesTheEncoder_whenAProbeIsReported() {
        assertThat(
                        MetricLines.json(
                                new ProbeReport(
                                        "cam",
                                        FeatureBatch.Encoder.UNTRAINED,
                                        20,
                                        new ProbeReport.Known(5120, 10, "ab12"),
                                        new ProbeReport.Accuracy(0.5, 1000),
                                        null,
                                        7)))
                .isEqualTo(
                        "{\"kind\":\"probe\",\"learner\":\"cam\",\"timestamp\":7,"
                                + "\"encoder\":\"untrained\",\"step\":20,\"records\":5120,"
                                + "\"accuracy\":0.5,\"window\":1000,\"classes\":10,\"state_sha256\":\"ab12\"}");
    }

    @Test
    void json_addsTheBank_whenThereAreNearestNeighbours() {
        var bank =
                new ProbeReport.Bank(
                        new ProbeReport.Accuracy(0.25, 640), 4096, 0.0625, Double.NaN, 256);
        var report =
                new ProbeReport(
                        "cam",
                        FeatureBatch.Encoder.TRAINED,
                        20,
                        new ProbeReport.Known(5120, 10, "ab12"),
                        new ProbeReport.Accuracy(0.5, 1000),
                        bank,
                        7);

        assertThat(MetricLines.json(report))
                .endsWith(
                        "\"classes\":10,\"state_sha256\":\"ab12\",\"knn_accuracy\":0.25,\"knn_window\":640,\"bank\":4096,"
                                + "\"deviation\":0.0625,\"rank_me\":null,\"rank_of\":256}");
    }
}
