package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.picture.LineChart.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Another program's curve, to be drawn beside a run's.
 *
 * @param name of the file, for the legend
 * @param knn kNN accuracy, %, by training step
 * @param linear linear accuracy, %, by training step; may be empty
 */
public record OtherCurve(String name, List<Point> knn, List<Point> linear) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public OtherCurve {
        requireNonNull(name, "name");
        knn = List.copyOf(knn);
        linear = List.copyOf(linear);
    }

    /**
     * Reads JSON lines with {@code step} and {@code knn200} or {@code linear}, percent, as
     * moco_cifar.py prints them.
     *
     * @throws CommandFailure if a line is no JSON, or none has a step and an accuracy
     */
    public static OtherCurve read(Path file) throws IOException {
        List<Point> knn = new ArrayList<>();
        List<Point> linear = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            JsonNode row = parse(file, number, line);
            add(row, "knn200", knn);
            add(row, "linear", linear);
        }
        if (knn.isEmpty() && linear.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    file + ": expected JSON lines with step and knn200 or linear, got none");
        }
        return new OtherCurve("" + file.getFileName(), knn, linear);
    }

    private static JsonNode parse(Path file, int number, String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    "%s:%d: expected a line of JSON, got %s".formatted(file, number, line),
                    e);
        }
    }

    private static void add(JsonNode row, String accuracy, List<Point> points) {
        if (row.path("step").isNumber() && row.path(accuracy).isNumber()) {
            points.add(new Point(row.path("step").asDouble(), row.path(accuracy).asDouble()));
        }
    }
}
