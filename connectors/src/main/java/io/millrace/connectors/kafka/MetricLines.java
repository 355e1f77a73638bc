package io.millrace.connectors.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.stream.OffsetRange;
import io.millrace.model.stream.ProbeReport;
import io.millrace.model.stream.StepReport;
import java.util.Locale;

/**
 * Reports as JSON, one object on one line without its end. A number that is not finite is {@code
 * null}, since JSON has no other word for it.
 */
public final class MetricLines {

    private static final JsonMapper JSON = new JsonMapper();

    private MetricLines() {}

    /**
     * {@code {"kind":"step","learner":...,"step":...,"loss":...,...}}; {@code offsets} says for
     * each partition of the newest epoch where reading goes on.
     */
    public static String json(StepReport report) {
        ObjectNode line = line("step", report.progress().learner(), report.timestamp());
        line.put("step", report.progress().step());
        line.put("images", report.progress().images());
        line.put("rejected", report.progress().rejected());
        line.put("steps", report.steps());
        put(line, "loss", report.loss());
        put(line, "accuracy", report.matching().accuracy());
        put(line, "positive_similarity", report.matching().positiveSimilarity());
        put(line, "negative_similarity", report.matching().negativeSimilarity());
        put(line, "learning_rate", report.learningRate());
        if (!Double.isNaN(report.queueFill())) {
            line.put("queue_fill", report.queueFill());
        }
        put(line, "images_per_second", report.imagesPerSecond());
        int epoch = epoch(report);
        line.put("epoch", epoch);
        ObjectNode offsets = line.putObject("offsets");
        for (OffsetRange range : report.progress().consumed()) {
            if (range.epoch() == epoch) {
                offsets.put(range.topic() + "-" + range.partition(), range.end());
            }
        }
        return text(line);
    }

    /**
     * {@code {"kind":"probe","learner":...,"encoder":"trained","step":...,"accuracy":...,...}};
     * {@code knn_accuracy} and what follows it only where there is a bank of features.
     */
    public static String json(ProbeReport report) {
        ObjectNode line = line("probe", report.learner(), report.timestamp());
        line.put("encoder", report.encoder().name().toLowerCase(Locale.ROOT));
        line.put("step", report.step());
        line.put("records", report.known().records());
        put(line, "accuracy", report.linear().fraction());
        line.put("window", report.linear().window());
        line.put("classes", report.known().classes());
        line.put("state_sha256", report.known().sha256());
        ProbeReport.Bank bank = report.bank();
        if (bank != null) {
            put(line, "knn_accuracy", bank.knn().fraction());
            line.put("knn_window", bank.knn().window());
            line.put("bank", bank.records());
            put(line, "deviation", bank.deviation());
            put(line, "rank_me", bank.rankMe());
            line.put("rank_of", bank.rankOf());
        }
        return text(line);
    }

    private static ObjectNode line(String kind, String learner, long timestamp) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("kind", kind);
        line.put("learner", learner);
        line.put("timestamp", timestamp);
        return line;
    }

    /** The newest epoch that was read from. */
    private static int epoch(StepReport report) {
        return report.progress().consumed().stream().mapToInt(OffsetRange::epoch).max().orElse(0);
    }

    private static void put(ObjectNode line, String name, double value) {
        if (Double.isFinite(value)) {
            line.put(name, value);
        } else {
            line.putNull(name);
        }
    }

    private static String text(ObjectNode line) {
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values is always JSON", e);
        }
    }
}
