package io.millrace.model.moco;

import static io.millrace.model.moco.Samples.BATCH;
import static io.millrace.model.moco.Samples.settings;
import static io.millrace.model.moco.Samples.steps;
import static io.millrace.model.moco.Samples.views;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No native array outlives the call that made it. */
class MemoryTest {

    private static final int K = 2 * BATCH + 4;

    private static Moco learner(Precision precision, boolean symmetric) {
        return Moco.create(
                settings(precision, new Contrast(K, 0.2, 0.9, symmetric)), TestTorch.CPU);
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                call("step", moco -> steps(moco, 2, 3)),
                call("takeStatistics", Moco::takeStatistics),
                call("features", Moco::features),
                call("untrainedFeatures", moco -> moco.untrainedFeatures(views(9))),
                call("backbone", Moco::backbone),
                call("state", Moco::state),
                call("restore", moco -> moco.restore(moco.state())),
                call("queueRows", moco -> moco.queueRows(1, 5)),
                call("restoreQueueRows", moco -> moco.restoreQueueRows(0, moco.queueRows(2, 6))),
                call("refused step", MemoryTest::refusedStep),
                call("refused restore", MemoryTest::refusedRestore));
    }

    private static Arguments call(String name, Consumer<Moco> call) {
        return Arguments.argumentSet(name, call);
    }

    private static void refusedStep(Moco moco) {
        ByteBuffer half = views(0).limit(views(0).capacity() / 2);
        assertThatThrownBy(() -> moco.step(views(1), half))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void refusedRestore(Moco moco) {
        List<NamedArray> part = moco.state().subList(0, 3);
        assertThatThrownBy(() -> moco.restore(part)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The number of arrays after one call is the number after five. */
    @ParameterizedTest
    @MethodSource("calls")
    void call_leavesNothingBehind(Consumer<Moco> call) {
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            for (boolean symmetric : new boolean[] {false, true}) {
                try (Moco moco = learner(precision, symmetric)) {
                    steps(moco, 0, 2);
                    call.accept(moco); // the first untrainedFeatures makes an encoder that stays
                    int before = TestTorch.CPU.liveArrays();
                    for (int i = 0; i < 4; i++) {
                        call.accept(moco);
                    }

                    assertThat(TestTorch.CPU.liveArrays())
                            .as("%s, symmetric %s", precision, symmetric)
                            .isEqualTo(before);
                }
            }
        }
    }

    /** A learner's own arrays are the same ones after any number of steps. */
    @ParameterizedTest
    @CsvSource({"FP32, false", "FP32, true", "BF16, false", "BF16, true"})
    void steps_leaveNothingBehind_whateverIsAskedInBetween(Precision precision, boolean symmetric) {
        try (Moco moco = learner(precision, symmetric)) {
            everything(moco, 0);
            int before = TestTorch.CPU.liveArrays();
            for (int s = 1; s < 6; s++) {
                everything(moco, s);
            }

            assertThat(TestTorch.CPU.liveArrays()).isEqualTo(before);
        }
    }

    private static void everything(Moco moco, int s) {
        steps(moco, s, s + 1);
        moco.takeStatistics();
        moco.features();
        moco.untrainedFeatures(views(s));
        moco.backbone();
        moco.restore(moco.state());
        moco.restoreQueueRows(0, moco.queueRows(0, K));
    }

    @ParameterizedTest
    @CsvSource({"FP32, false", "BF16, true"})
    void close_leavesNothingBehind(Precision precision, boolean symmetric) {
        int before = TestTorch.CPU.liveArrays();
        try (Moco moco = learner(precision, symmetric)) {
            everything(moco, 0);
            assertThat(TestTorch.CPU.liveArrays()).isGreaterThan(before);
        }

        assertThat(TestTorch.CPU.liveArrays()).isEqualTo(before);
    }

    @Test
    void close_leavesNothingBehind_whenNoStepWasTaken() {
        int before = TestTorch.CPU.liveArrays();
        learner(Precision.FP32, false).close();

        assertThat(TestTorch.CPU.liveArrays()).isEqualTo(before);
    }
}
