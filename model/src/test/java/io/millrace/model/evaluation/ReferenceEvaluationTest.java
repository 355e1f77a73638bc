package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.model.image.Fixtures;
import io.millrace.model.snapshot.Python;
import io.millrace.model.torch.TestTorch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same features evaluated here, by formulas in numpy, and by PyTorch programs. */
@Tag("parity")
class ReferenceEvaluationTest {

    private static final int WIDTH = 24;
    private static final int CLASSES = 10;
    private static final int K = 50;

    private static final LabelledFeatures TRAIN = Samples.features(1, 3000, WIDTH, CLASSES, 2);
    private static final LabelledFeatures TEST = Samples.features(2, 1000, WIDTH, CLASSES, 2);

    @TempDir private Path directory;

    @Test
    void neighboursAndGauges_areThoseOfTheFormulas() throws Exception {
        JsonNode theirs = reference("numpy");
        Neighbours near = Neighbours.find(TestTorch.CPU, TRAIN, TEST, K, done -> {});

        for (double temperature : new double[] {0.1, 0.07}) {
            Ranking ours = near.vote(temperature, CLASSES);
            JsonNode answers = theirs.path("knn").path("" + temperature);
            for (int row = 0; row < TEST.rows(); row++) {
                for (int place = 0; place < Ranking.TOP; place++) {
                    assertThat(ours.at(row, place))
                            .as("T %s, row %d, place %d", temperature, row, place)
                            .isEqualTo(answers.path(row).path(place).asInt());
                }
            }
        }
        Collapse gauges = Collapse.of(TestTorch.CPU, TRAIN.values(), WIDTH);
        assertThat(gauges.deviation()).isCloseTo(theirs.path("deviation").asDouble(), within(1e-6));
        assertThat(gauges.rankMe()).isCloseTo(theirs.path("rank_me").asDouble(), within(1e-4));
    }

    @Test
    void accuracies_areThoseOfThePeer() throws Exception {
        JsonNode theirs =
                reference("numpy,torch,torchvision_models", Fixtures.peer("moco_cifar.py"));
        Neighbours near = Neighbours.find(TestTorch.CPU, TRAIN, TEST, K, done -> {});
        LogisticRegression.Fit fit =
                LogisticRegression.fit(TestTorch.CPU, TRAIN, CLASSES, evaluations -> {});
        Ranking linear = fit.classifier().rank(TestTorch.CPU, TEST);

        for (String temperature : List.of("0.1", "0.07")) {
            Ranking ours = near.vote(Double.parseDouble(temperature), CLASSES);
            assertThat(Assessment.of(ours, TEST.targets(), CLASSES).top1())
                    .isCloseTo(theirs.path("peer_knn").path(temperature).asDouble(), within(1e-9));
        }
        assertThat(Assessment.of(linear, TEST.targets(), CLASSES).top1())
                .isCloseTo(theirs.path("peer_linear").asDouble(), within(0.01));
    }

    @Test
    void mocoLinear_takesTorchsSteps_fromTheSameWeightsInTheSameOrder() throws Exception {
        var schedule = new MocoLinear.Schedule(0.3, 0.9, 700, 4, List.of(2, 3), 5);
        int[] orders = new int[4 * TRAIN.rows()];
        for (int epoch = 0; epoch < 4; epoch++) {
            int[] order = schedule.order(epoch, TRAIN.rows());
            System.arraycopy(order, 0, orders, epoch * order.length, order.length);
        }
        float[] weights = new float[CLASSES * WIDTH];
        try (var layer = new MocoLinear(TestTorch.CPU, WIDTH, CLASSES, schedule)) {
            double[] first = layer.classifier().weights();
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) first[i];
            }
        }
        Samples.write(directory.resolve("train.f32"), TRAIN.values());
        Samples.write(directory.resolve("train.i32"), TRAIN.targets());
        Samples.write(directory.resolve("weights.f32"), weights);
        Samples.write(directory.resolve("order.i32"), orders);

        String theirs =
                Python.run(
                        "numpy,torch",
                        "reference_linear.py",
                        directory,
                        WIDTH,
                        CLASSES,
                        700,
                        0.3,
                        "2,3");
        LinearClassifier ours =
                MocoLinear.fit(TestTorch.CPU, TRAIN, CLASSES, schedule, epoch -> {});

        double[] expected =
                Arrays.stream(theirs.split(" ")).mapToDouble(Double::parseDouble).toArray();
        assertThat(ours.weights())
                .containsExactly(Arrays.copyOf(expected, weights.length), within(1e-5));
        assertThat(ours.bias())
                .containsExactly(
                        Arrays.copyOfRange(expected, weights.length, expected.length),
                        within(1e-5));
    }

    private JsonNode reference(String modules, Object... more) throws Exception {
        Samples.write(directory.resolve("train.f32"), TRAIN.values());
        Samples.write(directory.resolve("train.i32"), TRAIN.targets());
        Samples.write(directory.resolve("test.f32"), TEST.values());
        Samples.write(directory.resolve("test.i32"), TEST.targets());
        Object[] arguments = new Object[4 + more.length];
        System.arraycopy(new Object[] {directory, WIDTH, CLASSES, K}, 0, arguments, 0, 4);
        System.arraycopy(more, 0, arguments, 4, more.length);
        return new JsonMapper().readTree(Python.run(modules, "reference_evaluation.py", arguments));
    }
}
