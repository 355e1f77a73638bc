package io.millrace.model.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.schedule.Schedule.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void factor_stays_whenConstant() {
        assertThat(Schedule.CONSTANT.factor(0)).isEqualTo(1);
        assertThat(Schedule.CONSTANT.factor(1_000_000_000)).isEqualTo(1);
    }

    @Test
    void factor_isATenthAndAHundredth_atMocosMilestones() {
        Schedule schedule = new Schedule(Kind.STEP, 200);

        assertThat(schedule.factor(119)).isEqualTo(1);
        assertThat(schedule.factor(120)).isCloseTo(0.1, within(1e-12));
        assertThat(schedule.factor(159)).isCloseTo(0.1, within(1e-12));
        assertThat(schedule.factor(160)).isCloseTo(0.01, within(1e-12));
        assertThat(schedule.factor(1000)).isCloseTo(0.01, within(1e-12));
    }

    @Test
    void factor_fallsAlongACosine_andStaysAtZero() {
        Schedule schedule = new Schedule(Kind.COSINE, 100);

        assertThat(schedule.factor(0)).isEqualTo(1);
        assertThat(schedule.factor(50)).isCloseTo(0.5, within(1e-12));
        assertThat(schedule.factor(100)).isEqualTo(0);
        assertThat(schedule.factor(150)).isEqualTo(0);
    }

    @Test
    void factor_risesFirst_whenThereIsAWarmup() {
        Schedule schedule = new Schedule(Kind.COSINE, 110, 10, List.of(0.5), 0.1, 1, null);

        assertThat(schedule.factor(0)).isEqualTo(0);
        assertThat(schedule.factor(5)).isEqualTo(0.5);
        assertThat(schedule.factor(10)).isEqualTo(1);
        assertThat(schedule.factor(60)).isCloseTo(0.5, within(1e-12));
        assertThat(schedule.factor(110)).isEqualTo(0);
    }

    @Test
    void factor_fallsByTheDecayInItsSteps_whenExponential() {
        Schedule schedule = new Schedule(Kind.EXPONENTIAL, 0, 0, List.of(), 0.9, 250, null);

        assertThat(schedule.factor(0)).isEqualTo(1);
        assertThat(schedule.factor(250)).isCloseTo(0.9, within(1e-12));
        assertThat(schedule.factor(500)).isCloseTo(0.81, within(1e-12));
    }

    @Test
    void schedule_refuses_whenItsLengthIsMissing() {
        assertThatThrownBy(() -> new Schedule(Kind.STEP, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("step schedule needs a number of steps, got 0");
    }

    @Test
    void factor_beginsAnew_whenAPhaseFollows() {
        var live = new Schedule(Kind.EXPONENTIAL, 0, 10, List.of(), 0.5, 100, null);
        var schedule =
                new Schedule(Kind.COSINE, 50, 0, List.of(), 0.1, 1, new Schedule.Phase(0.2, live));
        Schedule alone = new Schedule(Kind.COSINE, 50);

        assertThat(schedule.factor(49)).isEqualTo(alone.factor(49)).isGreaterThan(0);
        assertThat(schedule.factor(50)).isZero();
        assertThat(schedule.factor(55)).isEqualTo(0.2 * 0.5);
        assertThat(schedule.factor(150)).isCloseTo(0.2 * 0.5, within(1e-12));
        assertThat(schedule.isOver(49)).isFalse();
        assertThat(schedule.isOver(50)).isTrue();
        assertThat(alone.isOver(50)).isFalse();
        assertThatThrownBy(
                        () ->
                                new Schedule(
                                        Kind.CONSTANT,
                                        0,
                                        0,
                                        List.of(),
                                        0.1,
                                        1,
                                        new Schedule.Phase(1, live)))
                .hasMessage("a schedule that another follows needs a number of steps, got 0");
    }
}
