package io.millrace.model.moco;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.moco.Contrast.MomentumCourse;
import io.millrace.model.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyMomentumTest {

    @Test
    void keyMomentum_risesOverTheHistory_andIsItselfAgainInTheLiveFeed() {
        var contrast =
                new Contrast(
                        Mechanism.MOMENTUM_QUEUE,
                        64,
                        0.2,
                        0.9,
                        MomentumCourse.COSINE,
                        false,
                        new Contrast.Bank(13, 0.5));
        MocoSettings like = Samples.settings();
        var schedule =
                new Schedule(
                        Schedule.Kind.COSINE,
                        100,
                        0,
                        List.of(),
                        0.1,
                        1,
                        new Schedule.Phase(0.1, Schedule.CONSTANT));
        var settings =
                new MocoSettings(
                        like.encoder(),
                        like.side(),
                        like.batchSize(),
                        contrast,
                        like.batchNorm(),
                        like.optimizer(),
                        schedule,
                        like.seed());

        assertThat(settings.keyMomentum(0)).isEqualTo(0.9);
        assertThat(settings.keyMomentum(99)).isGreaterThan(0.9999).isLessThan(1);
        assertThat(settings.keyMomentum(100)).isEqualTo(0.9);
        assertThat(settings.keyMomentum(1000)).isEqualTo(0.9);
    }
}
