package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import io.millrace.model.image.RgbImage;
import io.millrace.model.stream.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmenterTest {

    private static final Recipe MOCO_V2 = Recipes.mocoV2(32);

    /** A crop of everything: nearly every draw falls back to the whole of a square image. */
    private static final Recipe PLAIN = plain(0, Recipe.Order.JITTER_THEN_GRAYSCALE, 0);

    private static final RgbImage PICTURE = picture(48, 40);

    @Test
    void view_isTheSame_inAnyOrderAndByAnyInstance() {
        List<Position> positions = new ArrayList<>();
        Augmenter first = new Augmenter(MOCO_V2, 5);
        byte[][] views = new byte[64][];
        for (int i = 0; i < views.length; i++) {
            positions.add(position(i));
            views[i] = first.view(PICTURE, positions.get(i), i % 2);
        }
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7, 63, 62, 61, 30));
        Collections.shuffle(order, new Random(3));

        Augmenter second = new Augmenter(MOCO_V2, 5);
        for (int i : order) {
            second.view(picture(7, 90), positions.get(i), 1);
            assertThat(second.view(PICTURE, positions.get(i), i % 2)).isEqualTo(views[i]);
        }
    }

    @Test
    void view_differs_whenAnyPartOfItsOriginDoes() {
        Set<Integer> hashes = new HashSet<>();
        Position origin = new Position("images", 1, 2, 3);
        hashes.add(hash(new Augmenter(MOCO_V2, 5), origin, 0));
        hashes.add(hash(new Augmenter(MOCO_V2, 6), origin, 0));
        hashes.add(hash(new Augmenter(MOCO_V2, 5), origin, 1));
        hashes.add(hash(new Augmenter(MOCO_V2, 5), new Position("image", 1, 2, 3), 0));
        hashes.add(hash(new Augmenter(MOCO_V2, 5), new Position("images", 2, 1, 3), 0));
        hashes.add(hash(new Augmenter(MOCO_V2, 5), new Position("images", 1, 3, 3), 0));
        hashes.add(hash(new Augmenter(MOCO_V2, 5), new Position("images", 1, 2, 2), 0));

        assertThat(hashes).hasSize(7);
    }

    /** Changing a drawn number changes every run that is to be repeated: this must not happen. */
    @Test
    void parameters_stayWhatTheyWere_forAGivenPosition() {
        ViewParameters drawn =
                new Augmenter(MOCO_V2, 1)
                        .parameters(new Position("images", 3, 1042, 0), 0, 500, 375);

        assertThat(drawn)
                .isEqualTo(
                        new ViewParameters(
                                new Box(6, 219, 364, 276),
                                List.of(
                                        new Adjustment(Operation.HUE, -0.066545562904639),
                                        new Adjustment(Operation.SATURATION, 0.9703967425878179),
                                        new Adjustment(Operation.BRIGHTNESS, 1.054460817494133),
                                        new Adjustment(Operation.CONTRAST, 1.3119363794930936)),
                                false,
                                0,
                                false,
                                true));
    }

    @Test
    void parameters_areNoOthers_whenSolarisationIsAdded() {
        Recipe plain = MOCO_V2;
        Recipe solarizing =
                new Recipe(
                        plain.side(),
                        plain.crop(),
                        plain.jitter(),
                        plain.grayscale(),
                        plain.blur(),
                        Recipe.PerView.both(0.5),
                        plain.flip(),
                        plain.order());
        int solarized = 0;
        for (int i = 0; i < 100; i++) {
            ViewParameters with = new Augmenter(solarizing, 1).parameters(position(i), 1, 500, 375);
            ViewParameters without = new Augmenter(plain, 1).parameters(position(i), 1, 500, 375);
            solarized += with.solarize() ? 1 : 0;
            assertThat(with)
                    .isEqualTo(
                            new ViewParameters(
                                    without.crop(),
                                    without.jitter(),
                                    without.grayscale(),
                                    without.sigma(),
                                    with.solarize(),
                                    without.flip()));
        }

        assertThat(solarized).isBetween(30, 70);
    }

    @Test
    void view_isTheImage_whenRecipeDoesNothing() {
        RgbImage square = picture(32, 32);
        int equal = 0;
        for (int i = 0; i < 50; i++) {
            byte[] view = new Augmenter(PLAIN, 1).view(square, position(i), 0);
            equal += Arrays.equals(view, square.rgb()) ? 1 : 0;
        }

        assertThat(equal).isGreaterThan(45);
    }

    @Test
    void view_isMirrored_whenFlipIsCertain() {
        byte[] view = new Augmenter(PLAIN, 1).view(PICTURE, position(1), 0);
        Recipe flipping = plain(1, Recipe.Order.JITTER_THEN_GRAYSCALE, 0);
        byte[] flipped = new Augmenter(flipping, 1).view(PICTURE, position(1), 0);

        for (int y = 0; y < 32; y++) {
            for (int x = 0; x < 32; x++) {
                for (int c = 0; c < 3; c++) {
                    assertThat(flipped[3 * (32 * y + x) + c])
                            .isEqualTo(view[3 * (32 * y + 31 - x) + c]);
                }
            }
        }
    }

    @Test
    void view_isGray_whenGrayscaleComesAfterJitterOrBefore() {
        for (Recipe.Order order : Recipe.Order.values()) {
            byte[] view = new Augmenter(plain(0, order, 1), 1).view(PICTURE, position(2), 0);
            for (int i = 0; i < view.length; i += 3) {
                assertThat(view[i]).isEqualTo(view[i + 1]).isEqualTo(view[i + 2]);
            }
        }
    }

    @Test
    void view_hasItsSize_whenImageIsOnePixelOrALine() {
        for (RgbImage image : List.of(picture(1, 1), picture(1, 300), picture(300, 1))) {
            assertThat(new Augmenter(MOCO_V2, 1).view(image, position(4), 1)).hasSize(32 * 32 * 3);
        }
    }

    @Test
    void pair_holdsTheQuerysViewAndThenTheKeys() {
        var augmenter = new Augmenter(MOCO_V2, 1);
        byte[] query = augmenter.view(PICTURE, position(3), 0);
        byte[] key = augmenter.view(PICTURE, position(3), 1);
        assertThat(augmenter.pair(PICTURE, position(3)))
                .startsWith(query)
                .endsWith(key)
                .hasSize(query.length + key.length);
        assertThat(query).isNotEqualTo(key);
    }

    private static int hash(Augmenter augmenter, Position position, int view) {
        return Arrays.hashCode(augmenter.view(PICTURE, position, view));
    }

    private static Position position(int i) {
        return new Position(i % 3 == 0 ? "images" : "frames", i % 4, i * 7L, i % 2);
    }

    private static Recipe plain(double flip, Recipe.Order order, double grayscale) {
        return new Recipe(
                32,
                new Recipe.Crop(1, 1),
                Recipe.Jitter.NONE,
                grayscale,
                Recipe.Blur.NONE,
                Recipe.PerView.NEVER,
                flip,
                order);
    }

    private static RgbImage picture(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(11).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }
}
