package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OnlineProbeTest {

    private static final int WIDTH = 6;

    @Test
    void accuracy_approachesOne_whenClassesAreLinearlySeparable() {
        var probe = new OnlineProbe(WIDTH, settings(200));

        feed(probe, new Random(1), 60, true);

        assertThat(probe.accuracy()).isGreaterThan(0.95);
        assertThat(probe.windowFilled()).isEqualTo(200);
        assertThat(probe.classes()).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void accuracy_staysAtChance_whenFeaturesSayNothingAboutTheLabel() {
        var probe = new OnlineProbe(WIDTH, settings(2000));

        feed(probe, new Random(2), 150, false);

        assertThat(probe.accuracy()).isBetween(0.25, 0.42);
    }

    @Test
    void accuracy_isZero_beforeAnythingIsKnown() {
        var probe = new OnlineProbe(2, settings(10));

        probe.observe(List.of("first"), new float[] {1, 2});

        assertThat(probe.accuracy()).isZero();
        assertThat(probe.records()).isEqualTo(1);
    }

    @Test
    void restore_continuesToTheBit() {
        var whole = new OnlineProbe(WIDTH, settings(64));
        var random = new Random(3);
        feed(whole, random, 10, true);
        var restored = OnlineProbe.restore(whole.state(), settings(64));

        feed(whole, new Random(4), 10, true);
        feed(restored, new Random(4), 10, true);

        assertThat(restored.state().weights()).isEqualTo(whole.state().weights());
        assertThat(restored.state().hits()).isEqualTo(whole.state().hits());
        assertThat(restored.accuracy()).isEqualTo(whole.accuracy());
    }

    @Test
    void observe_leavesOutFurtherClasses_whenThereAreTooMany() {
        var probe = new OnlineProbe(1, settings(10));
        int max = OnlineProbe.MAX_CLASSES;
        List<String> names = IntStream.range(0, max).mapToObj(i -> "file-" + i).toList();
        probe.observe(names, new float[max]);
        var restored = OnlineProbe.restore(probe.state(), settings(10));

        probe.observe(List.of("file-3"), new float[] {5});
        restored.observe(List.of("one more", "file-3", "another"), new float[] {-9, 5, 70});
        restored.observe(List.of("one more"), new float[] {3});

        assertThat(restored.classes()).isEqualTo(names);
        assertThat(restored.records()).isEqualTo(max + 1L);
        assertThat(restored.state().weights()).isEqualTo(probe.state().weights());
        assertThat(restored.state().mean()).isEqualTo(probe.state().mean());
    }

    /** Two probes have the same hash when they have learned the same, and no other time. */
    @Test
    void sha256_changesWithEachBatch_andNotByARestore() {
        var settings = new ProbeSettings(10, 0.1, new KnnSettings(64, 3, 0.1, 16));
        var probe = new OnlineProbe(WIDTH, settings);
        var other = new OnlineProbe(WIDTH, settings);
        feed(probe, new Random(1), 2, true);
        feed(other, new Random(1), 1, true);
        assertThat(other.state().sha256()).hasSize(64).isNotEqualTo(probe.state().sha256());

        var restored = OnlineProbe.restore(probe.state(), settings);
        assertThat(restored.state().sha256()).isEqualTo(probe.state().sha256());
        feed(probe, new Random(2), 1, true);
        assertThat(restored.state().sha256()).isNotEqualTo(probe.state().sha256());
        feed(restored, new Random(2), 1, true);
        assertThat(restored.state().sha256()).isEqualTo(probe.state().sha256());
    }

    @Test
    void observe_namesBothSizes_whenFeaturesDoNotFitTheLabels() {
        var probe = new OnlineProbe(2, settings(10));

        assertThatThrownBy(() -> probe.observe(List.of("a"), new float[3]))
                .hasMessage("expected 1 x 2 features, got 3");
    }

    private static ProbeSettings settings(int window) {
        return new ProbeSettings(window, 0.1, KnnSettings.OFF);
    }

    /** Batches of 32: class k has its mean at 3 on axis k when the features tell. */
    private static void feed(OnlineProbe probe, Random random, int batches, boolean telling) {
        for (int batch = 0; batch < batches; batch++) {
            List<String> labels = new ArrayList<>();
            float[] values = new float[32 * WIDTH];
            for (int row = 0; row < 32; row++) {
                int target = random.nextInt(3);
                labels.add(List.of("a", "b", "c").get(target));
                for (int c = 0; c < WIDTH; c++) {
                    float centre = telling && c == target ? 3 : 0;
                    values[row * WIDTH + c] = centre + (float) random.nextGaussian() * 0.5f;
                }
            }
            probe.observe(labels, values);
        }
    }
}
