package io.millrace.model.moco;

import static io.millrace.model.moco.Samples.BATCH;
import static io.millrace.model.moco.Samples.views;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.moco.Contrast.MomentumCourse;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What all mechanisms have in common. */
class MechanismTest {

    static Stream<Arguments> mechanisms() {
        return Stream.of(Precision.FP32, Precision.BF16)
                .flatMap(
                        precision ->
                                Stream.of(Mechanism.values()).map(m -> Arguments.of(m, precision)));
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void step_movesEveryParameter(Mechanism mechanism, Precision precision) {
        MocoSettings settings = settings(mechanism, precision);
        Layout layout = Layout.of(settings.encoder().architecture(), settings.encoder().head());
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            steps(moco, 0, 2);

            float[] momentum = States.floats(moco.state(), "optimizer.momentum");
            for (Entry entry : layout.parameters()) {
                int from = (int) entry.offset();
                float[] part = Arrays.copyOfRange(momentum, from, from + (int) entry.size());
                assertThat(part).as(entry.name()).isNotEqualTo(new float[part.length]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void restore_continuesToTheBit(Mechanism mechanism, Precision precision) {
        MocoSettings settings = settings(mechanism, precision);
        List<NamedArray> state;
        float[] queue;
        String uninterrupted;
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            steps(moco, 0, 2);
            state = moco.state();
            queue = queue(moco, settings);
            steps(moco, 2, 4);
            uninterrupted = States.fingerprint(moco, settings.contrast().queued());
        }

        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            steps(moco, 6, 7); // whatever it did before must not matter
            moco.restore(state);
            if (queue.length > 0) {
                moco.restoreQueueRows(0, queue);
            }
            steps(moco, 2, 4);

            assertThat(States.fingerprint(moco, settings.contrast().queued()))
                    .isEqualTo(uninterrupted);
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void step_leavesNothingBehind(Mechanism mechanism, Precision precision) {
        try (Moco moco = Moco.create(settings(mechanism, precision), TestTorch.CPU)) {
            steps(moco, 0, 2);
            int before = TestTorch.CPU.liveArrays();
            steps(moco, 2, 5);
            moco.takeStatistics();

            assertThat(TestTorch.CPU.liveArrays()).isEqualTo(before);
        }
    }

    /** With a queue the same keys come to be their own negatives, and the loss cannot fall. */
    @ParameterizedTest
    @EnumSource(names = {"MOMENTUM_BATCH", "END_TO_END"})
    void loss_falls_whenTheSamePairsComeAgain(Mechanism mechanism) {
        try (Moco moco = Moco.create(settings(mechanism, Precision.FP32), TestTorch.CPU)) {
            double first = lossOver(moco, 5);
            lossOver(moco, 40);
            double last = lossOver(moco, 5);

            assertThat(last).isLessThan(0.9 * first);
        }
    }

    @Test
    void momentum_risesToOne_whenItsCourseIsACosine() {
        Contrast contrast = contrast(Mechanism.MOMENTUM_BATCH);

        assertThat(contrast.momentum(0, 100)).isEqualTo(0.9);
        assertThat(contrast.momentum(50, 100)).isCloseTo(0.95, within(1e-12));
        assertThat(contrast.momentum(100, 100)).isEqualTo(1);
        assertThat(contrast.momentum(200, 100)).isEqualTo(1);
    }

    @Test
    void step_refuses_whenAMemoryBankIsNotToldTheImages() {
        MocoSettings settings = settings(Mechanism.MEMORY_BANK, Precision.FP32);
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            assertThatThrownBy(() -> moco.step(views(0), views(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a number for each of the 8 images");
        }
    }

    @Test
    void settings_refuseAPredictor_whenThereIsNoKeyEncoder() {
        assertThatThrownBy(
                        () ->
                                settings(
                                        contrast(Mechanism.END_TO_END),
                                        new Head(Head.Kind.MLP, 16, 0, 8),
                                        Precision.FP32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("END_TO_END");
    }

    private static double lossOver(Moco moco, int steps) {
        for (int s = 0; s < steps; s++) {
            moco.step(views(0), views(1), images(0));
        }
        return moco.takeStatistics().loss();
    }

    private static void steps(Moco moco, int from, int to) {
        for (int s = from; s < to; s++) {
            moco.step(views(2L * s), views(2L * s + 1), images(s));
        }
    }

    private static long[] images(int step) {
        return LongStream.range((long) BATCH * step, (long) BATCH * (step + 1)).toArray();
    }

    private static float[] queue(Moco moco, MocoSettings settings) {
        int rows = settings.contrast().queued();
        return rows == 0 ? new float[0] : moco.queueRows(0, rows);
    }

    private static MocoSettings settings(Mechanism mechanism, Precision precision) {
        Head head =
                switch (mechanism) {
                    case MOMENTUM_QUEUE -> new Head(Head.Kind.MLP, 16);
                    case MOMENTUM_BATCH -> new Head(Head.Kind.MOCO_V3, 16, 24, 12);
                    case END_TO_END -> new Head(Head.Kind.SIMCLR, 16);
                    case MEMORY_BANK -> new Head(Head.Kind.LINEAR, 16);
                };
        return settings(contrast(mechanism), head, precision);
    }

    private static MocoSettings settings(Contrast contrast, Head head, Precision precision) {
        MocoSettings base = Samples.settings(precision, contrast);
        return new MocoSettings(
                new EncoderSettings(
                        base.encoder().architecture(),
                        head,
                        base.encoder().normalization(),
                        precision),
                base.side(),
                base.batchSize(),
                contrast,
                base.batchNorm(),
                new Sgd(0.05, 0.9, 0),
                base.schedule(),
                base.seed());
    }

    private static Contrast contrast(Mechanism mechanism) {
        return new Contrast(
                mechanism, 20, 0.2, 0.9, MomentumCourse.COSINE, false, new Contrast.Bank(13, 0.5));
    }
}
