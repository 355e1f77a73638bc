package io.millrace.job.probe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.probe.ProbeResult.Counts;
import io.millrace.job.probe.ProbeResult.Knn;
import io.millrace.job.probe.ProbeResult.Linear;
import io.millrace.model.evaluation.Assessment;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An evaluation as JSON; accuracies are fractions of 1. */
public final class ResultJson {

    /** Confusion matrices of more classes than this are left out. */
    static final int MAX_CONFUSION = 100;

    private ResultJson() {}

    /** Everything that was found. */
    public static ObjectNode of(ProbeResult result) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("knn_accuracy", result.knnAssessment().top1());
        put(json, "linear_accuracy", result.linearAssessment());
        json.set("snapshot", snapshot(result.snapshot()));
        json.set("train", counts(result.sets().train()));
        json.set("test", counts(result.sets().test()));
        json.set("plan", plan(result.plan()));
        ArrayNode knn = json.putArray("knn");
        result.knn().forEach(vote -> knn.add(knn(vote)));
        ArrayNode linear = json.putArray("linear");
        result.linear().forEach(one -> linear.add(linear(one)));
        ObjectNode features = json.putObject("features");
        features.put("width", result.features().width());
        features.put("deviation", result.features().deviation());
        features.put("rank_me", result.features().rankMe());
        features.put("rows", result.features().rows());
        classes(result, json);
        json.put("seconds", Math.round(10 * result.seconds()) / 10.0);
        return json;
    }

    /** What decides the numbers beside the snapshot, in the form that results have. */
    public static ObjectNode inputs(ImageSet train, ImageSet test, ProbePlan plan) {
        ObjectNode inputs = JsonNodeFactory.instance.objectNode();
        inputs.set("train", set(train));
        inputs.set("test", set(test));
        inputs.set("plan", plan(plan));
        return inputs;
    }

    private static ObjectNode set(ImageSet set) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        set.sources().forEach(json.putArray("sources")::add);
        json.put("labels", set.labels());
        return json;
    }

    private static ObjectNode snapshot(ProbeResult.Snapshot snapshot) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("directory", snapshot.directory().toString());
        json.put("step", snapshot.step());
        json.put("images", snapshot.images());
        json.put("weights_sha256", snapshot.weightsSha256());
        json.put("resize", snapshot.resize());
        json.put("side", snapshot.side());
        if (snapshot.unknownHead() != null) {
            json.put("unknown_head", snapshot.unknownHead());
        }
        return json;
    }

    private static ObjectNode counts(Counts counts) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        counts.sources().forEach(json.putArray("sources")::add);
        json.put("labels", counts.labels());
        json.put("images", counts.images());
        json.put("rejected", counts.rejections());
        ObjectNode reasons = json.putObject("reasons");
        counts.rejected().forEach(reasons::put);
        json.put("unlabelled", counts.unlabelled());
        return json;
    }

    private static ObjectNode plan(ProbePlan plan) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("k", plan.k());
        json.put("protocol", plan.protocol().label());
        json.put("precision", plan.precision().name().toLowerCase(Locale.ROOT));
        json.put("seed", plan.seed());
        return json;
    }

    private static ObjectNode knn(Knn knn) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("features", knn.on());
        json.put("k", knn.k());
        json.put("temperature", knn.temperature());
        json.put("top1", knn.assessment().top1());
        json.put("top5", knn.assessment().top5());
        return json;
    }

    private static ObjectNode linear(Linear linear) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("protocol", linear.protocol().label());
        Assessment assessment = linear.assessment();
        put(json, "top1", assessment);
        if (assessment == null) {
            json.putNull("top5");
        } else {
            json.put("top5", assessment.top5());
        }
        linear.details().forEach(json::putPOJO);
        return json;
    }

    private static void classes(ProbeResult result, ObjectNode json) {
        Assessment knn = result.knnAssessment();
        Assessment linear = result.linearAssessment();
        ArrayNode classes = json.putArray("per_class");
        for (int k = 0; k < result.classes().count(); k++) {
            ObjectNode one = classes.addObject();
            one.put("class", result.classes().names().get(k));
            one.put("images", knn.images(k));
            put(one, "knn", knn.accuracy(k));
            put(one, "linear", linear == null ? Double.NaN : linear.accuracy(k));
        }
        if (linear != null && result.classes().count() <= MAX_CONFUSION) {
            ArrayNode rows = json.putArray("confusion");
            for (int[] row : linear.confusion()) {
                ArrayNode cells = rows.addArray();
                for (int images : row) {
                    cells.add(images);
                }
            }
        }
    }

    private static void put(ObjectNode json, String name, @Nullable Assessment assessment) {
        put(json, name, assessment == null ? Double.NaN : assessment.top1());
    }

    private static void put(ObjectNode json, String name, double value) {
        if (Double.isNaN(value)) {
            json.putNull(name);
        } else {
            json.put(name, value);
        }
    }
}
