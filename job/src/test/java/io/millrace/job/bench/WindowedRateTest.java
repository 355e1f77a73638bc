package io.millrace.job.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.command.CommandFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowedRateTest {

    private static final long SECOND = 1_000_000_000;

    /** Ten images from one time to the next: twenty in two seconds, in one, and ten are left. */
    @Test
    void of_cutsTheTimesIntoStretchesOfTheSameNumberOfImages() {
        List<Long> times = List.of(0L, SECOND, 2 * SECOND, 5 * SECOND / 2, 3 * SECOND, 4 * SECOND);

        WindowedRate rate = WindowedRate.of(times, 10, 20);

        assertThat(rate).isEqualTo(new WindowedRate(12.5, List.of(10.0, 20.0)));
    }

    @Test
    void of_isOneStretch_whereThereAreFewerImages() {
        assertThat(WindowedRate.of(List.of(0L, SECOND), 10, 1000))
                .isEqualTo(new WindowedRate(10, List.of(10.0)));
    }

    @Test
    void of_refusesTooFewImagesForARate() {
        assertThatThrownBy(() -> WindowedRate.of(List.of(SECOND), 10, 1000))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("20 images")
                .hasMessageContaining("--epochs");
    }
}
