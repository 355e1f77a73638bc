package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import io.millrace.model.stream.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Distributions over 24,000 views: bounds are at least four standard deviations wide. */
class ViewSamplerTest {

    private static final int VIEWS = 24_000;
    private static final Recipe RECIPE = Recipes.mocoV2(224);

    @Test
    void draw_happensAsOftenAsTheRecipeSays() {
        List<ViewParameters> views = views(500, 400);

        assertThat(share(views.stream().filter(v -> !v.jitter().isEmpty()).count()))
                .isCloseTo(0.8, within(0.011));
        assertThat(share(views.stream().filter(ViewParameters::grayscale).count()))
                .isCloseTo(0.2, within(0.011));
        assertThat(share(views.stream().filter(v -> v.sigma() > 0).count()))
                .isCloseTo(0.5, within(0.013));
        assertThat(share(views.stream().filter(ViewParameters::flip).count()))
                .isCloseTo(0.5, within(0.013));
        assertThat(views.stream().mapToDouble(ViewParameters::sigma).filter(s -> s > 0).average())
                .hasValueCloseTo(1.05, within(0.03));
    }

    @Test
    void draw_ordersAndScalesJitterUniformly() {
        Map<String, Integer> orders = new HashMap<>();
        for (ViewParameters view : views(500, 400)) {
            StringBuilder order = new StringBuilder();
            for (Adjustment adjustment : view.jitter()) {
                order.append(adjustment.operation().name().charAt(0));
                boolean hue = adjustment.operation() == Operation.HUE;
                assertThat(adjustment.factor()).isBetween(hue ? -0.1 : 0.6, hue ? 0.1 : 1.4);
            }
            orders.merge(order.toString(), 1, Integer::sum);
        }

        assertThat(orders).hasSize(25).containsKey("");
        orders.remove("");
        assertThat(orders.values()).allSatisfy(n -> assertThat(n).isBetween(680, 920));
    }

    @Test
    void draw_scalesFactorsUniformly_andIndependently() {
        double[] sum = new double[4];
        double products = 0;
        int jittered = 0;
        for (ViewParameters view : views(500, 400)) {
            double[] deviation = new double[4];
            for (Adjustment adjustment : view.jitter()) {
                int i = List.of(Operation.values()).indexOf(adjustment.operation());
                deviation[i] =
                        adjustment.operation() == Operation.HUE
                                ? adjustment.factor() / 0.1
                                : (adjustment.factor() - 1) / 0.4;
                sum[i] += deviation[i];
            }
            products += deviation[0] * deviation[1];
            jittered += view.jitter().isEmpty() ? 0 : 1;
        }

        for (double deviation : sum) {
            assertThat(deviation / jittered).isCloseTo(0, within(0.02));
        }
        assertThat(products / jittered).isCloseTo(0, within(0.011));
    }

    /**
     * On a square, boxes of more than three quarters of the area often do not fit and are drawn
     * again.
     */
    @Test
    void draw_coversTheImage_withBoxesOfEveryScale() {
        double top = 0;
        double area = 0;
        for (ViewParameters view : views(1000, 1000)) {
            Box box = view.crop();
            assertThat(box.top()).isBetween(0, 1000 - box.height());
            assertThat(box.left()).isBetween(0, 1000 - box.width());
            assertThat((double) box.width() / box.height()).isBetween(0.748, 1.337);
            assertThat(box.width() * box.height()).isBetween(199_000, 1_000_000);
            top += box.top() + box.height() / 2.0;
            area += box.width() * (double) box.height() / 1e6;
        }

        assertThat(top / VIEWS).isCloseTo(500, within(3.0));
        // torchvision 0.28.0's RandomResizedCrop.get_params: 0.5402 over 60,000 draws.
        assertThat(area / VIEWS).isCloseTo(0.5402, within(0.007));
    }

    @Test
    void draw_takesTheMiddle_whenNoBoxFits() {
        for (ViewParameters view : views(10, 1000)) {
            assertThat(view.crop()).isEqualTo(new Box(493, 0, 13, 10));
        }
        for (ViewParameters view : views(1000, 10)) {
            assertThat(view.crop()).isEqualTo(new Box(0, 493, 10, 13));
        }
    }

    private static double share(long count) {
        return (double) count / VIEWS;
    }

    private static List<ViewParameters> views(int width, int height) {
        ViewSampler sampler = new ViewSampler(RECIPE);
        List<ViewParameters> views = new ArrayList<>(VIEWS);
        for (int i = 0; i < VIEWS; i++) {
            Position position = new Position("images", 0, i / 2, 0);
            views.add(
                    sampler.draw(
                            Draws.of(9, Draws.topic("images"), position, i % 2),
                            i % 2,
                            width,
                            height));
        }
        return views;
    }
}
