package io.millrace.operators;

import io.millrace.model.augment.Augmenter;
import io.millrace.model.augment.Recipe;
import io.millrace.model.image.Decoding;
import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.ImageDecoder;
import io.millrace.model.image.ImageLimits;
import io.millrace.model.image.NativeCodecs;
import io.millrace.model.image.RgbImage;
import io.millrace.model.reference.ReferenceRules;
import io.millrace.model.reference.References;
import io.millrace.model.reference.Resolution;
import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.ViewPair;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Fetches what a frame refers to, decodes it and draws its two views; what can't be decoded leaves
 * by {@link #REJECTED} and keeps its place in the sequence as a tombstone. Stateless, since the
 * draws follow from the record's position; runs at any parallelism.
 */
public final class AugmentFunction extends ProcessFunction<Frame, ViewPair> {

    private static final long serialVersionUID = 1L;

    /** Records set aside, with the reason. */
    public static final OutputTag<DeadLetter> REJECTED =
            new OutputTag<>("rejected", TypeInformation.of(DeadLetter.class));

    private final Recipe recipe;
    private final ImageLimits limits;
    private final ReferenceRules referenceRules;
    private final long seed;
    private final RejectionLimit rejectionLimit;

    private transient References references;
    private transient ImageDecoder decoder;
    private transient Augmenter augmenter;
    private transient RejectionLimit.Window window;
    private transient MetricGroup rejections;
    private transient Map<Reason, Counter> rejectionsByReason;
    private transient Counter augmented;

    /**
     * Views by the recipe, of images within the limits.
     *
     * @param referenceRules which images may lie elsewhere
     * @param rejectionLimit beyond which the job fails, for good
     */
    public AugmentFunction(
            Recipe recipe,
            ImageLimits limits,
            ReferenceRules referenceRules,
            long seed,
            RejectionLimit rejectionLimit) {
        this.recipe = recipe;
        this.limits = limits;
        this.referenceRules = referenceRules;
        this.seed = seed;
        this.rejectionLimit = rejectionLimit;
    }

    @Override
    public void open(OpenContext context) {
        NativeCodecs codecs = NativeCodecs.system();
        references = new References(referenceRules, limits.maxBytes());
        decoder = ImageDecoder.reusing(limits, codecs);
        augmenter = new Augmenter(recipe, seed);
        window = rejectionLimit.start();
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        augmented = metrics.counter("augmented");
        rejections = metrics.addGroup("rejected");
        rejectionsByReason = new EnumMap<>(Reason.class);
        MetricGroup natives = metrics.addGroup("nativeDecoder");
        natives.gauge("jpeg", () -> codecs.jpeg() ? 1 : 0);
        natives.gauge("webp", () -> codecs.webp() ? 1 : 0);
    }

    @Override
    public void close() {
        if (decoder != null) {
            decoder.close();
        }
    }

    @Override
    public void processElement(Frame frame, Context context, Collector<ViewPair> out)
            throws InterruptedException {
        Decoding decoding = decode(frame.bytes());
        if (decoding instanceof Decoding.Decoded decoded) {
            out.collect(views(frame, decoded.image()));
            augmented.inc();
            window.exceedsAfter(false);
        } else if (decoding instanceof Decoding.Rejected rejected) {
            String reason = rejected.reason().name();
            context.output(REJECTED, new DeadLetter(frame, reason, rejected.detail()));
            out.collect(ViewPair.tombstone(frame));
            // A group keeps the first counter of a name and hands out others that nobody reads.
            rejectionsByReason
                    .computeIfAbsent(rejected.reason(), r -> rejections.counter(r.name()))
                    .inc();
            if (window.exceedsAfter(true)) {
                // Starting over would read the same records again.
                throw new SuppressRestartsException(new IllegalStateException(tooMany(rejected)));
            }
        }
    }

    private Decoding decode(byte[] value) throws InterruptedException {
        if (!References.isReference(value)) {
            return decoder.decode(value);
        }
        Resolution resolution = references.resolve(value);
        return resolution instanceof Resolution.Resolved resolved
                ? decoder.decode(resolved.bytes())
                : ((Resolution.Unresolved) resolution).rejected();
    }

    private String tooMany(Decoding.Rejected last) {
        return "augment: "
                + window.count()
                + " of the last "
                + rejectionLimit.window()
                + " records could not be trained on, allowed are "
                + rejectionLimit.share() * 100
                + " %; the last one: "
                + last.reason()
                + ", "
                + last.detail()
                + ". Look at them with `millrace deadletters list`, then raise"
                + " source.max-rejected-share or mend the source";
    }

    private ViewPair views(Frame frame, RgbImage image) {
        return new ViewPair(
                frame.position(),
                frame.sequence(),
                frame.learner(),
                frame.label(),
                augmenter.pair(image, frame.position()));
    }
}
