package io.millrace.model.moco;

import static io.millrace.model.moco.Samples.BATCH;
import static io.millrace.model.moco.Samples.D;
import static io.millrace.model.moco.Samples.SGD;
import static io.millrace.model.moco.Samples.settings;
import static io.millrace.model.moco.Samples.steps;
import static io.millrace.model.moco.Samples.views;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Preprocessing;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the loss sees of the queue, and when: the keys of earlier steps only. */
class QueueOrderTest {

    private static final BatchNormSplits WHOLE = new BatchNormSplits(1, false);

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 128})
    void create_fillsTheQueueWithUnitVectors(int dimension) {
        MocoSettings base = settings();
        EncoderSettings encoder = base.encoder();
        var settings =
                new MocoSettings(
                        new EncoderSettings(
                                encoder.architecture(),
                                new Head(Head.Kind.LINEAR, dimension),
                                encoder.normalization(),
                                encoder.precision()),
                        base.side(),
                        base.batchSize(),
                        new Contrast(1000, 0.2, 0.9),
                        base.batchNorm(),
                        base.optimizer(),
                        base.schedule(),
                        base.seed());
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            float[] rows = moco.queueRows(0, 1000);
            for (int k = 0; k < 1000; k++) {
                double squares = 0;
                for (int d = 0; d < dimension; d++) {
                    squares += Math.pow(rows[k * dimension + d], 2);
                }
                assertThat(squares).as("column " + k).isCloseTo(1, within(1e-5));
            }
        }
    }

    @Test
    void queueSha256_isThatOfTheRows_andChangesWithEachStep() throws Exception {
        try (Moco moco = Moco.create(settings(), TestTorch.CPU)) {
            int capacity = settings().contrast().queueCapacity();
            String before = moco.queueSha256();
            float[] rows = moco.queueRows(0, capacity);
            ByteBuffer bytes = ByteBuffer.allocate(rows.length * Float.BYTES);
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(rows);

            byte[] expected = MessageDigest.getInstance("SHA-256").digest(bytes.array());
            assertThat(before).isEqualTo(HexFormat.of().formatHex(expected));

            moco.step(views(0), views(1));
            assertThat(moco.queueSha256()).hasSize(64).isNotEqualTo(before);
            moco.restoreQueueRows(0, rows);
            assertThat(moco.queueSha256()).isEqualTo(before);
        }
    }

    /** With K = N, a queue that already had the step's keys would hold every positive twice. */
    @Test
    void step_enqueuesAfterTheLoss() {
        MocoSettings settings =
                settings(Head.Kind.MLP, Precision.FP32, new Contrast(BATCH, 0.2, 0.9), WHOLE, SGD);
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            float[] before = moco.queueRows(0, BATCH);
            moco.step(views(0), views(1));
            double loss = moco.takeStatistics().loss();
            float[] after = moco.queueRows(0, BATCH);

            assertThat(loss).isCloseTo(firstLoss(settings, before), within(1e-5));
            assertThat(firstLoss(settings, after)).isGreaterThan(Math.log(2));
            assertThat(loss).isNotCloseTo(firstLoss(settings, after), within(0.1));
        }
    }

    /** The loss of the step on views 0 and 1, were the queue (K, D) this. */
    private static double firstLoss(MocoSettings settings, float[] queue) {
        EncoderSettings encoder = settings.encoder();
        try (Encoder initial =
                        Encoder.create(
                                TestTorch.CPU,
                                encoder.architecture(),
                                encoder.head(),
                                encoder.precision(),
                                settings.seed());
                Preprocessing preprocessing =
                        new Preprocessing(TestTorch.CPU, encoder.normalization(), Samples.SIDE);
                NDManager step = TestTorch.CPU.newManager()) {
            var order = new RowOrder(step, KeyOrder.unchanged().permutation(0, BATCH), 1);
            NDArray[] projections = new NDArray[2];
            for (int i = 0; i < 2; i++) {
                ByteBuffer views = views(i);
                NDArray input = preprocessing.input(step, views, order);
                projections[i] =
                        initial.forward(input, order, Pass.WITHOUT_GRADIENT)
                                .projection()
                                .normalize(2, 1, 1e-12);
            }
            NDArray negatives = step.create(queue, new Shape(queue.length / D, D)).transpose();
            return InfoNce.loss(
                            InfoNce.logits(
                                    projections[0],
                                    projections[1],
                                    negatives,
                                    settings.contrast().temperature()))
                    .getFloat();
        }
    }

    /** Slots that a step doesn't write stay as they are to the bit: no gradient reaches them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void step_writesItsKeysAndNothingElse(boolean symmetric) {
        int capacity = 4 * BATCH + 3;
        Contrast contrast = new Contrast(capacity, 0.2, 0.9, symmetric);
        int keys = contrast.keys(BATCH);
        try (Moco moco = Moco.create(settings(Precision.FP32, contrast), TestTorch.CPU)) {
            for (int s = 0; s < 6; s++) {
                float[] before = moco.queueRows(0, capacity);
                int from = (int) (moco.enqueued() % capacity);
                steps(moco, s, s + 1);
                float[] after = moco.queueRows(0, capacity);
                for (int i = 0; i < capacity; i++) {
                    boolean written = (i - from + capacity) % capacity < keys;
                    assertThat(row(after, i).equals(row(before, i)))
                            .as("slot %d in step %d", i, s)
                            .isNotEqualTo(written);
                }
            }
            assertThat(moco.enqueued()).isEqualTo(6L * keys);
        }
    }

    private static FloatBuffer row(float[] queue, int row) {
        return FloatBuffer.wrap(queue, row * D, D);
    }
}
