package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.augment.Recipe.Order;
import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewParametersTest {

    private static final Box CROP = new Box(3, 5, 70, 90);

    @Test
    void describe_namesWhatIsDone_inItsOrder() {
        var jitter =
                List.of(
                        new Adjustment(Operation.HUE, -0.0712),
                        new Adjustment(Operation.CONTRAST, 1.234));
        var view = new ViewParameters(CROP, jitter, true, 0.567, true, true);

        assertThat(view.describe(Order.JITTER_THEN_GRAYSCALE))
                .containsExactly(
                        "crop 90x70 at 5, 3",
                        "hue -0.07, contrast 1.23",
                        "grayscale",
                        "blur of sigma 0.57",
                        "solarised",
                        "mirrored");
        assertThat(view.describe(Order.GRAYSCALE_THEN_JITTER))
                .containsSubsequence("grayscale", "hue -0.07, contrast 1.23");
    }

    @Test
    void describe_leavesOutWhatIsNotDone() {
        var view = new ViewParameters(CROP, List.of(), false, 0, false, false);

        assertThat(view.describe(Order.JITTER_THEN_GRAYSCALE))
                .containsExactly("crop 90x70 at 5, 3");
    }
}
