package io.millrace.job.probe;

import io.millrace.job.probe.ProbeResult.Counts;
import io.millrace.job.probe.ProbeResult.Knn;
import io.millrace.job.probe.ProbeResult.Linear;
import io.millrace.model.augment.EvaluationView;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.evaluation.Assessment;
import io.millrace.model.evaluation.Collapse;
import io.millrace.model.evaluation.FeatureExtractor;
import io.millrace.model.evaluation.LabelledFeatures;
import io.millrace.model.evaluation.LinearClassifier;
import io.millrace.model.evaluation.LogisticRegression;
import io.millrace.model.evaluation.MocoLinear;
import io.millrace.model.evaluation.Neighbours;
import io.millrace.model.snapshot.PublishedEncoder;
import io.millrace.model.torch.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates encoders on the same two sets of images. */
public final class SnapshotProbe {

    /** Of {@code knn_accuracy} first. */
    private static final List<Double> TEMPERATURES = List.of(0.1, 0.07);

    /** ImageNet's centre crop: 224 of 256. */
    private static final double CENTRE = 0.875;

    /** Images that tell whether features have collapsed, of all classes where they are sorted. */
    private static final int COLLAPSE_IMAGES = 4096;

    private final ImageSet train;
    private final ImageSet test;
    private final ProbePlan plan;
    private final ProbeProgress progress;

    public SnapshotProbe(ImageSet train, ImageSet test, ProbePlan plan, ProbeProgress progress) {
        this.train = train;
        this.test = test;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Evaluates one.
     *
     * @param snapshot its directory
     * @throws io.millrace.model.snapshot.MalformedSnapshotException if it is damaged
     * @throws io.millrace.job.command.CommandFailure if no image of a set can be used
     */
    public ProbeResult evaluate(Path snapshot) throws IOException, InterruptedException {
        PublishedEncoder published = PublishedEncoder.read(snapshot);
        try (Torch torch = Torch.start(Torch.Target.AUTO, plan.threads());
                Encoder encoder = published.encoder(torch, plan.precision());
                var extractor =
                        new FeatureExtractor(
                                torch, encoder, published.normalization(), published.side())) {
            return new Evaluation(torch, published, extractor).run();
        } finally {
            progress.end();
        }
    }

    /** One encoder's evaluation. */
    private final class Evaluation {

        private final long began = System.nanoTime();
        private final Torch torch;
        private final PublishedEncoder published;
        private final FeatureExtractor extractor;
        private final int resize;
        private final boolean crops;

        Evaluation(Torch torch, PublishedEncoder published, FeatureExtractor extractor) {
            this.torch = torch;
            this.published = published;
            this.extractor = extractor;
            crops = published.architecture().stem() != Stem.CIFAR;
            int side = published.side();
            resize = crops ? (int) (side / CENTRE) : side;
        }

        ProbeResult run() throws InterruptedException {
            boolean spooled = crops && plan.protocol().moco();
            try (ImageSpool spool = spooled ? new ImageSpool() : null) {
                Extraction ofTrain = extract("train", train, spool);
                Extraction ofTest = extract("test", test, null);
                var classes = ClassNames.of(ofTrain.labels(), ofTest.labels());
                int[] answers = classes.targets(ofTrain.labels());
                int[] truth = classes.targets(ofTest.labels());
                LabelledFeatures bank = features(ofTrain.features(), answers);
                LabelledFeatures images = features(ofTest.features(), truth);

                List<Knn> knn = new ArrayList<>(neighbours("backbone", bank, images, classes));
                if (published.head().isPresent()) {
                    LabelledFeatures headBank = features(ofTrain.projections(), answers);
                    LabelledFeatures headImages = features(ofTest.projections(), truth);
                    knn.addAll(neighbours("head", headBank, headImages, classes));
                }
                return new ProbeResult(
                        snapshot(),
                        new ProbeResult.Sets(Counts.of(train, ofTrain), Counts.of(test, ofTest)),
                        classes,
                        plan,
                        knn,
                        linear(bank, images, classes, spool),
                        collapse(images),
                        (System.nanoTime() - began) / 1e9);
            }
        }

        private ProbeResult.Snapshot snapshot() {
            return new ProbeResult.Snapshot(
                    published.directory(),
                    published.step(),
                    published.images(),
                    published.weightsSha256(),
                    resize,
                    published.side(),
                    published.unknownHead().orElse(null));
        }

        private Extraction extract(String name, ImageSet set, @Nullable ImageSpool spool)
                throws InterruptedException {
            var view = new EvaluationView(resize, published.side());
            return new FeaturePass(set, extractor, view, spool)
                    .run(plan.threads(), progress.extraction(name));
        }

        private List<Knn> neighbours(
                String on, LabelledFeatures bank, LabelledFeatures images, ClassNames classes) {
            Neighbours near =
                    Neighbours.find(
                            torch,
                            bank,
                            images,
                            plan.k(),
                            done -> progress.show("kNN on " + on, done, images.rows()));
            List<Knn> votes = new ArrayList<>();
            for (double temperature : TEMPERATURES) {
                Assessment assessment =
                        Assessment.of(
                                near.vote(temperature, classes.known()),
                                images.targets(),
                                classes.count());
                votes.add(new Knn(on, near.k(), temperature, assessment));
            }
            return votes;
        }

        private List<Linear> linear(
                LabelledFeatures bank,
                LabelledFeatures images,
                ClassNames classes,
                @Nullable ImageSpool spool)
                throws InterruptedException {
            List<Linear> linear = new ArrayList<>();
            if (plan.protocol().standardised()) {
                LogisticRegression.Fit fit =
                        LogisticRegression.fit(
                                torch,
                                bank,
                                classes.known(),
                                evaluations -> progress.show("linear", evaluations, 0));
                linear.add(
                        new Linear(
                                ProbePlan.Protocol.STANDARDISED,
                                assess(fit.classifier(), images, classes),
                                Map.of(
                                        "iterations",
                                        fit.iterations(),
                                        "largest_gradient",
                                        fit.gradient())));
            }
            if (plan.protocol().moco()) {
                var schedule = MocoLinear.Schedule.moco(plan.seed());
                LinearClassifier classifier = moco(schedule, bank, classes, spool);
                linear.add(
                        new Linear(
                                ProbePlan.Protocol.MOCO,
                                assess(classifier, images, classes),
                                Map.of(
                                        "epochs",
                                        schedule.epochs(),
                                        "learning_rate",
                                        schedule.learningRate(),
                                        "batch_size",
                                        schedule.batchSize(),
                                        "random_crops",
                                        crops)));
            }
            return linear;
        }

        private LinearClassifier moco(
                MocoLinear.Schedule schedule,
                LabelledFeatures bank,
                ClassNames classes,
                @Nullable ImageSpool spool)
                throws InterruptedException {
            if (spool == null) {
                return MocoLinear.fit(
                        torch,
                        bank,
                        classes.known(),
                        schedule,
                        epoch -> progress.show("linear, MoCo's", epoch, schedule.epochs()));
            }
            var training =
                    new CropTraining(torch, extractor, spool, bank.targets(), published.side());
            return training.fit(bank.width(), classes.known(), schedule, plan.threads(), progress);
        }

        private @Nullable Assessment assess(
                LinearClassifier classifier, LabelledFeatures images, ClassNames classes) {
            return classifier.isFinite()
                    ? Assessment.of(
                            classifier.rank(torch, images), images.targets(), classes.count())
                    : null;
        }

        private Collapse collapse(LabelledFeatures images) {
            int width = images.width();
            int rows = Math.min(COLLAPSE_IMAGES, images.rows());
            float[] some = new float[rows * width];
            for (int row = 0; row < rows; row++) {
                int from = (int) ((long) row * images.rows() / rows);
                System.arraycopy(images.values(), from * width, some, row * width, width);
            }
            return Collapse.of(torch, some, width);
        }
    }

    private static LabelledFeatures features(float[] values, int[] targets) {
        return new LabelledFeatures(values.length / targets.length, values, targets);
    }
}
