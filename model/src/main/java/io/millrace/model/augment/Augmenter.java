package io.millrace.model.augment;

import static java.util.Objects.requireNonNull;

import io.millrace.model.image.RgbImage;
import io.millrace.model.stream.Position;
import java.util.List;

/**
 * Makes the views of an image by a recipe.
 *
 * <p>A view is a pure function of seed, position and view number, and so the same in any order, on
 * any machine. Only what is returned is allocated; scratch memory is kept, so one per thread.
 */
public final class Augmenter {

    private static final int QUERY = 0;
    private static final int KEY = 1;

    private final Recipe recipe;
    private final long seed;
    private final ViewSampler sampler;
    private final ViewRenderer renderer;

    // The last topic's hash: records come from few topics, in long runs.
    private String topic = "";
    private long topicHash = Draws.topic(topic);

    public Augmenter(Recipe recipe, long seed) {
        this.recipe = requireNonNull(recipe, "recipe");
        this.seed = seed;
        sampler = new ViewSampler(recipe);
        renderer = new ViewRenderer(recipe.side());
    }

    /**
     * Returns the query's view and then the key's: 2 * side * side * 3 bytes, one allocation.
     *
     * @param image any size
     * @param position where the image was read, and in which epoch
     */
    public byte[] pair(RgbImage image, Position position) {
        byte[] views = new byte[2 * viewBytes()];
        render(image, position, QUERY, views, 0);
        render(image, position, KEY, views, viewBytes());
        return views;
    }

    /**
     * Returns one view, 8-bit RGB, interleaved: side * side * 3 bytes.
     *
     * @param image any size
     * @param position where the image was read, and in which epoch
     * @param view number of the view: 0 for the query, 1 for the key
     */
    public byte[] view(RgbImage image, Position position, int view) {
        byte[] rgb = new byte[viewBytes()];
        render(image, position, view, rgb, 0);
        return rgb;
    }

    private void render(RgbImage image, Position position, int view, byte[] target, int at) {
        ViewParameters parameters = parameters(position, view, image.width(), image.height());
        renderer.render(image, parameters, recipe.order());
        renderer.pixels(parameters.flip(), target, at);
    }

    private int viewBytes() {
        return 3 * recipe.side() * recipe.side();
    }

    /** What {@link #view} draws for that view, a line for each thing that is done, in order. */
    public List<String> describe(RgbImage image, Position position, int view) {
        return parameters(position, view, image.width(), image.height()).describe(recipe.order());
    }

    /** What is drawn for a view of an image of so many pixels. */
    ViewParameters parameters(Position position, int view, int width, int height) {
        if (!position.topic().equals(topic)) {
            topic = position.topic();
            topicHash = Draws.topic(topic);
        }
        return sampler.draw(Draws.of(seed, topicHash, position, view), view, width, height);
    }
}
