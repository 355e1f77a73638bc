package io.millrace.model.torch;

/** PyTorch on the CPU for all tests of a JVM. */
public final class TestTorch {

    /** One thread: small operations on a busy machine wait long for a second one. */
    public static final Torch CPU = Torch.start(Torch.Target.CPU, 1);

    public static final Torch TWO_THREADS = Torch.start(Torch.Target.CPU, 2);

    private TestTorch() {}
}
