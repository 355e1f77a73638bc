package io.millrace.job.bench;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BenchReportTest {

    @Test
    void ratios_whereARoundWasSlow_areThoseOfMediansAndOfEachRound() {
        var report = new BenchReport(2);
        for (double rate : new double[] {100, 50, 120}) {
            report.add(BenchReport.ONE_SUBTASK, rate);
        }
        for (double rate : new double[] {190, 100, 180}) {
            report.add(BenchReport.SUBTASKS, rate);
        }

        BenchReport.Ratio ratio = report.ratios().get("subtask a core / one");

        assertThat(ratio)
                .isEqualTo(new BenchReport.Ratio(1.8, 190.0 / 120, List.of(1.9, 2.0, 1.5)));
        assertThat(report.render())
                .containsPattern("augmentation, a subtask a core +180 +100 +190 +190\n")
                .containsPattern("subtask a core / one +1\\.80 +1\\.58 +1\\.90 +1\\.50 +2\\.00\n")
                .doesNotContain("DataLoader");
    }

    @Test
    void ratios_ofTheWholeJob_areToWhatBoundsItInThatRound() {
        var report = new BenchReport(3);
        report.add(BenchReport.STEP, 100);
        report.add(BenchReport.AUGMENT, 60);
        report.add(BenchReport.JOB, 80);
        report.add(BenchReport.STEP, 200);
        report.add(BenchReport.AUGMENT, 60);
        report.add(BenchReport.JOB, 90);

        assertThat(report.ratios().get("job / slower of step and augmentation"))
                .isEqualTo(new BenchReport.Ratio(85.0 / 120, 90.0 / 120, List.of(0.8, 0.75)));
    }

    @Test
    void ratios_whereStretchesAreKnown_areAlsoOfTheFastestQuarterOfAllOfThem() {
        var report = new BenchReport(2);
        report.add(BenchReport.ONE_SUBTASK, new WindowedRate(70, List.of(50.0, 100.0, 60.0)));
        report.add(BenchReport.ONE_SUBTASK, new WindowedRate(90, List.of(102.0, 80.0, 70.0)));
        report.add(BenchReport.ONE_SUBTASK, new WindowedRate(90, List.of(90.0, 90.0)));
        report.add(BenchReport.SUBTASKS, new WindowedRate(150, List.of(150.0)));
        report.add(BenchReport.SUBTASKS, new WindowedRate(160, List.of(160.0)));
        report.add(BenchReport.SUBTASKS, new WindowedRate(190, List.of(180.0, 190.0)));

        BenchReport.Ratio ratio = requireNonNull(report.ratios().get("subtask a core / one"));

        assertThat(ratio.ofFast()).isEqualTo(1.9);
        assertThat(ratio.ofMedians()).isEqualTo(160.0 / 90);
        assertThat(report.render()).containsPattern("augmentation, one subtask +90 +70 +90 +100\n");
    }
}
