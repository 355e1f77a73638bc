package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RankingTest {

    @Test
    void best_isByScore_andByNumberWhereScoresAreEqual() {
        int[] ranked = new int[6];

        Ranking.best(new double[] {1, 3, 2, 3}, 3, ranked, 1);

        assertThat(ranked).containsExactly(0, 0, 0, 1, 3, 2);
    }

    @Test
    void assessment_countsTop1Top5AndConfusions() {
        // Four images, six classes; the last class is never an answer.
        var ranking =
                new Ranking(
                        5,
                        new int[] {
                            0, 1, 2, 3, 4, //
                            1, 0, 2, 3, 4, //
                            4, 3, 2, 1, 0, //
                            2, 1, 0, 3, 4
                        });

        Assessment assessment = Assessment.of(ranking, new int[] {0, 0, 0, 5}, 6);

        assertThat(assessment.top1()).isEqualTo(0.25);
        assertThat(assessment.top5()).isEqualTo(0.75);
        assertThat(assessment.confusion()[0]).containsExactly(1, 1, 0, 0, 1, 0);
        assertThat(assessment.confusion()[5]).containsExactly(0, 0, 1, 0, 0, 0);
        assertThat(assessment.images(0)).isEqualTo(3);
        assertThat(assessment.accuracy(0)).isEqualTo(1.0 / 3);
        assertThat(assessment.accuracy(5)).isZero();
        assertThat(assessment.accuracy(1)).isNaN();
    }

    @Test
    void assessment_isTheSameForTop5_whenThereAreFewerClasses() {
        var ranking = new Ranking(2, new int[] {0, 1, 1, 0});

        assertThat(Assessment.of(ranking, new int[] {1, 1}, 2).top5()).isEqualTo(1);
        assertThatThrownBy(() -> Assessment.of(ranking, new int[] {1}, 2))
                .hasMessageContaining("1 images")
                .hasMessageContaining("got 2");
    }

    @Test
    void vote_weighsByExpOfSimilarityOverT_withoutOverflow() {
        // One near neighbour of class 0 against two of class 1: T decides.
        float[] similarities = {0.9f, 0.5f, 0.5f};
        int[] targets = {0, 1, 1};
        double[] scores = new double[2];

        Vote.count(similarities, targets, 0, new Vote.Electorate(3, 0.1), scores);
        assertThat(scores[0]).isEqualTo(1);
        assertThat(scores[1])
                .isCloseTo(2 * Math.exp(-4), org.assertj.core.api.Assertions.within(1e-6));

        Vote.count(similarities, targets, 0, new Vote.Electorate(3, 10), scores);
        assertThat(scores[1]).isGreaterThan(scores[0]);

        Vote.count(similarities, targets, 0, new Vote.Electorate(3, 1e-5), scores);
        assertThat(scores).containsExactly(1, 0);
    }
}
