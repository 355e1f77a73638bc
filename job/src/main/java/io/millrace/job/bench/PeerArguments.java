package io.millrace.job.bench;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.model.augment.Recipe;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.moco.Sgd;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.torch.Precision;
import java.util.List;
import java.util.stream.Collectors;

/** Our settings as arguments of {@code moco_cifar.py}, if it can be told them. */
final class PeerArguments {

    private static final Head HEAD = new Head(Head.Kind.MLP, 128);
    private static final double SGD_MOMENTUM = 0.9;

    private PeerArguments() {}

    /**
     * The arguments that make it learn the same.
     *
     * @param precision resolved, not {@link Precision#AUTO}
     * @throws CommandFailure if it cannot be told a setting
     */
    static List<String> of(MocoSettings settings, Recipe views, Precision precision) {
        requireTellable(settings, views);
        Architecture architecture = settings.encoder().architecture();
        Contrast contrast = settings.contrast();
        Sgd sgd = settings.optimizer();
        String blocks =
                architecture.blocks().stream().map(n -> "" + n).collect(Collectors.joining(","));
        return List.of(
                "--width=" + architecture.width(),
                "--blocks=" + blocks,
                "--mlp=1",
                "--batch=" + settings.batchSize(),
                "--splits=" + settings.batchNorm().splits(),
                "--K=" + contrast.queueCapacity(),
                "--m=" + contrast.momentum(),
                "--T=" + contrast.temperature(),
                "--lr=" + sgd.learningRate(),
                "--wd=" + sgd.weightDecay(),
                "--cos=" + flag(settings.schedule().kind() == Schedule.Kind.COSINE),
                "--bf16=" + flag(precision == Precision.BF16));
    }

    private static int flag(boolean on) {
        return on ? 1 : 0;
    }

    private static void requireTellable(MocoSettings settings, Recipe views) {
        Architecture architecture = settings.encoder().architecture();
        require(
                architecture.block() == Architecture.Block.BASIC
                        && architecture.stem() == Architecture.Stem.CIFAR
                        && architecture.blocks().size() == 4,
                "an encoder of basic blocks in 4 stages with the CIFAR stem",
                architecture);
        require(
                settings.encoder().head().equals(HEAD),
                "an MLP head of 128",
                settings.encoder().head());
        require(!settings.contrast().symmetric(), "the asymmetric loss", settings.contrast());
        require(settings.batchNorm().shuffleKeys(), "shuffled keys", settings.batchNorm());
        require(
                settings.optimizer().momentum() == SGD_MOMENTUM,
                "an optimizer momentum of " + SGD_MOMENTUM,
                settings.optimizer());
        require(
                views.equals(itsViews(views.blur())),
                "the views of the preset cifar10-small",
                views);
    }

    private static void require(boolean tellable, String known, Object found) {
        if (!tellable) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--peer: moco_cifar.py knows only "
                            + known
                            + ", but the settings say "
                            + found
                            + "; change the settings or leave out --peer");
        }
    }

    /** What it draws; a blur that never happens may have any sigma. */
    private static Recipe itsViews(Recipe.Blur blur) {
        return new Recipe(
                32,
                new Recipe.Crop(0.2, 1),
                new Recipe.Jitter(0.8, 0.4, 0.4, 0.4, 0.1),
                0.2,
                blur.probability().equals(Recipe.PerView.NEVER) ? blur : Recipe.Blur.NONE,
                Recipe.PerView.NEVER,
                0.5,
                Recipe.Order.JITTER_THEN_GRAYSCALE);
    }
}
